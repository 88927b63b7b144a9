"""How long a result stays, as its owner reads it: on the job's page, in the list, at a download."""

from dataclasses import dataclass
from enum import StrEnum

from runtime.common.job import Job, ResultState
from runtime.common.messages import PlanChange
from runtime.common.queues import Queue
from runtime.common.retention_rule import RetentionRule
from runtime.common.users import Role, User
from runtime.contract.job_status import JobStatus
from runtime.web.services.formatting import time_left


class RetentionState(StrEnum):
    """Whether a result is available, and for how long."""

    PERMANENT = "permanent"
    ARCHIVE_DUE = "archive_due"
    ARCHIVED = "archived"
    RESTORING = "restoring"


@dataclass(frozen=True)
class RetentionView:
    """What the pages say of a result.

    Attributes:
        state: decides what else is set.
        time: when it is to be archived, was archived, or is expected back, in epoch seconds.
        left: the time until then, in words; None when it is past, or meaningless.
        premium: whether its owner is on Premium now.
    """

    state: RetentionState
    time: int | None
    left: str | None
    premium: bool


@dataclass(frozen=True)
class RetentionService:
    """Says how long results stay, and asks for archived ones.

    Args:
        rule: the stage's.
        restore_requests: the queue of restore requests.
    """

    rule: RetentionRule
    restore_requests: Queue

    def retention_of(self, job: Job, owner: User, now: float) -> RetentionView | None:
        """Return what to say of a job's result; None for a job without a result."""
        premium = owner.role is Role.PREMIUM_USER

        def view(state: RetentionState, time: int | None, left: str | None) -> RetentionView:
            return RetentionView(state, time, left, premium)

        if job.result_state is ResultState.ARCHIVED:
            return view(RetentionState.ARCHIVED, job.archive_time, None)
        if job.result_state is ResultState.RESTORING:
            return view(RetentionState.RESTORING, job.restore_due, time_left(job.restore_due, now))
        if job.job_status is not JobStatus.COMPLETED:
            return None
        due = self.rule.due(job, owner)
        if due is None:
            return view(RetentionState.PERMANENT, None, None)
        return view(RetentionState.ARCHIVE_DUE, due, time_left(due, now))

    def request_restore(self, owner: User) -> None:
        """Ask for every archived result of a Premium user.

        An upgrade asks by itself. This is for results that haven't come back all the same.
        """
        self.restore_requests.send(PlanChange(user_id=owner.user_id))


def why_not_downloadable(job: Job) -> str | None:
    """Return why a completed job's result can't be downloaded now; None when it can."""
    if job.result_state is ResultState.ARCHIVED:
        return (
            "The result is archived, as results on the Free plan are. Nothing is lost: with "
            "Premium it is restored, and you can download it again."
        )
    if job.result_state is ResultState.RESTORING:
        return "The result is being restored from the archive. We'll email you when it's ready."
    if job.result_state is not ResultState.AVAILABLE:
        return "This job has no result to download."
    return None
