"""What operators see and do: open jobs, and accounts. They see no result and no file name."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from runtime.common import job_metrics
from runtime.common.account_standing import AccountStanding
from runtime.common.job import Job, JobState
from runtime.common.jobs import ClaimRefused, JobLists, JobMissing, OpenJobs
from runtime.common.jobs.lists import Wanted
from runtime.common.messages import JobRequest
from runtime.common.topics import Topic
from runtime.common.users import User, UserStore
from runtime.contract.job_status import FailureKind, JobStatus
from runtime.web.services.removal_requests import AccountDeletion

MOST_LISTED = 200
"""Jobs on a page: the oldest, which are those that need somebody."""

STUCK_SECONDS = 600
"""Without an attempt for so long a job is called stuck; the janitor acts after half of it."""


SUSPENDED = (
    "The operator of this site suspended your account before this job had begun. You can run it "
    "again once the suspension has ended."
)
"""Why a job of a suspended account has ended, for its owner."""

WAITING = Wanted(state=JobState.PENDING)


@dataclass(frozen=True)
class ListedJob:
    """An open job as the page has it. Times are in epoch seconds.

    Attributes:
        stuck: nobody has worked on it for STUCK_SECONDS.
    """

    job: Job
    age_seconds: int
    stuck: bool


@dataclass(frozen=True)
class OperatorService:
    """Reads and changes what an operator may."""

    users: UserStore
    standing: AccountStanding
    deletion: AccountDeletion
    jobs: OpenJobs
    lists: JobLists
    requests: Topic
    clock: Callable[[], float] = time.time

    def open_jobs(self) -> tuple[list[ListedJob], int]:
        """Return the oldest open jobs, and how many there are in all."""
        found = sorted(self.jobs.open_jobs(), key=lambda job: job.submit_time)
        read = (self.jobs.get(job.job_id) for job in found[:MOST_LISTED])
        return [self._listed(job) for job in read if job is not None], len(found)

    def redrive(self, job: Job) -> None:
        """Publish the request of an open job again, as the janitor does.

        It does no harm to a job that is being worked on: it is claimed once.
        """
        self.requests.publish(JobRequest(job_id=job.job_id), of_user=job.user_id)

    def give_up(self, job: Job, reason: str) -> None:
        """End a job in FAILED, with a reason for its owner, who gets an email.

        Whoever takes the request of a job that has ended announces its end. So the request is
        published again, and web needs no right to announce results.

        Raises:
            JobMissing: there is no such job any more.
            ClaimRefused: it has ended, or an attempt holds it.
        """
        self.jobs.fail_abandoned(job.job_id, attempts=job.attempts_used, reason=reason)
        job_metrics.job_failed(FailureKind.GIVEN_UP)
        self.redrive(job)

    def suspend(self, user: User) -> int:
        """Suspend an account, and end its jobs that wait; return how many these were.

        Their inputs are kept as others' are, so the owner can run them again afterwards. A job that
        an annotator works on goes on to its end: annotators don't read the users table.

        Raises:
            UserChanged: the account is gone, or an operator's.
        """
        self.standing.suspend(user.user_id)
        ended = 0
        for job in list(self._waiting(user)):
            with suppress(JobMissing, ClaimRefused):  # removed or begun meanwhile
                self.give_up(job, SUSPENDED)
                ended += 1
        return ended

    def end_if_suspended(self, job: Job) -> bool:
        """End a job that was made while its account was being suspended; return whether it was.

        Called once the job is written. So either this reads the suspension, or that was written
        later than the job, and finds it: unless it lists jobs before their index has this one.
        """
        user = self.users.get(job.user_id)
        if user is None or user.suspended_at is None:
            return False
        with suppress(JobMissing, ClaimRefused):  # the suspension has found it
            self.give_up(job, SUSPENDED)
        return True

    def resume(self, user: User) -> None:
        """End a suspension. Raises UserChanged: the account is gone."""
        self.standing.resume(user.user_id)

    def erase(self, user: User) -> None:
        """Delete an account and all that is in it, with the receipt that its owner would get.

        Raises:
            BillingError: the subscription couldn't be ended; nothing was deleted.
        """
        self.deletion.delete(user)

    def _waiting(self, user: User) -> Iterator[Job]:
        cursor = None
        while True:
            page = self.lists.list_for_user(user.user_id, cursor=cursor, wanted=WAITING)
            yield from page.jobs
            if (cursor := page.cursor) is None:
                return

    def _listed(self, job: Job) -> ListedJob:
        now = int(self.clock())
        running = job.job_status is JobStatus.RUNNING and job.lease_until is not None
        since = job.lease_until if running and job.lease_until else job.submit_time
        return ListedJob(job, now - job.submit_time, stuck=now - since > STUCK_SECONDS)
