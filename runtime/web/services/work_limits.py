"""How much work one user may ask for, by plan: jobs started in an hour, and jobs waiting."""

from dataclasses import dataclass

from runtime.common.counted import counted
from runtime.common.jobs import JobLists
from runtime.common.users import Role, User
from runtime.web.services.rate_limit import HOUR, RateLimit, RateLimiter, TooManyAttempts

JOB_SECONDS = 30
"""After which some of a user's waiting jobs may be done."""


class TooMuchWork(Exception):
    """The user has to wait before another job can start; the text says until when.

    Attributes:
        retry_after: seconds until another try may succeed.
    """

    def __init__(self, sentence: str, *, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


@dataclass(frozen=True)
class PlanLimits:
    """What one plan allows."""

    jobs_per_hour: int
    waiting_jobs: int


@dataclass(frozen=True)
class WorkLimits:
    """Admits uploads and re-runs: each starts a job."""

    free: PlanLimits
    premium: PlanLimits
    limiter: RateLimiter
    jobs: JobLists

    def admit(self, user: User) -> None:
        """Count one more job of the user.

        Jobs that wait are counted before the upload and not after it, when refusing one would
        waste it. Until an upload is done, the hour's limit is what bounds them.

        Raises:
            TooMuchWork: see there.
        """
        limits = self.free if user.role is Role.FREE_USER else self.premium
        if self.jobs.are_open(user.user_id, at_least=limits.waiting_jobs):
            raise TooMuchWork(
                f"You have {counted(limits.waiting_jobs, 'job')} in progress, as many as your plan "
                "allows. Start more when some of them are done.",
                retry_after=JOB_SECONDS,
            )
        hour = RateLimit("jobs", limits.jobs_per_hour, HOUR)
        try:
            self.limiter.hit(hour, user.user_id)
        except TooManyAttempts as error:
            raise TooMuchWork(
                f"You have started {counted(limits.jobs_per_hour, 'job')} within an hour, as many "
                f"as your plan allows. You can start more in {error.wait}.",
                retry_after=error.retry_after,
            ) from error
