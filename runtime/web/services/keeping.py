"""How long a result stays, as its owner reads it: on the job's page, in the list, at a download."""

import math
from dataclasses import dataclass
from enum import StrEnum

from runtime.common.job import Job, ResultState
from runtime.common.messages import PlanChange
from runtime.common.queues import Queue
from runtime.common.retention import Retention
from runtime.common.users import Role, User
from runtime.contract.job_status import JobStatus

MINUTE, HOUR = 60, 3600


class Place(StrEnum):
    """Where a result is, and what becomes of it."""

    STAYS = "stays"
    GOES = "goes"
    ARCHIVED = "archived"
    RESTORING = "restoring"


@dataclass(frozen=True)
class Kept:
    """What there is to say of a result. Times are in epoch seconds.

    Attributes:
        moment: when it goes, since when it is archived, when it is expected back.
        left: the time until then, in words; None where it is over, or means nothing.
        premium: whether its owner is Premium now.
    """

    place: Place
    moment: int | None
    left: str | None
    premium: bool


@dataclass(frozen=True)
class KeepingService:
    """Says how long results stay, and brings back what is archived.

    Args:
        requests: the queue of restore requests.
    """

    retention: Retention
    requests: Queue

    def of(self, job: Job, owner: User, now: float) -> Kept | None:
        """Return what there is to say of a job's result; None of a job without one."""
        premium = owner.role is Role.PREMIUM_USER
        if job.result_state is ResultState.ARCHIVED:
            return Kept(Place.ARCHIVED, job.archive_time, None, premium)
        if job.result_state is ResultState.RESTORING:
            return Kept(Place.RESTORING, job.restore_due, time_left(job.restore_due, now), premium)
        if job.job_status is not JobStatus.COMPLETED:
            return None
        due = self.retention.due(job, owner)
        if due is None:
            return Kept(Place.STAYS, None, None, premium)
        return Kept(Place.GOES, due, time_left(due, now), premium)

    def bring_back(self, owner: User) -> None:
        """Ask for everything of a Premium user that is archived.

        An upgrade does so by itself. This is for whoever waits all the same.
        """
        self.requests.send(PlanChange(user_id=owner.user_id))


def time_left(moment: int | None, now: float) -> str | None:
    """Return the time until `moment` in words, rounded up; None when it is over, or unknown.

    retention.js says the same, in the same words.
    """
    left = 0 if moment is None else moment - now
    if left <= 0:
        return None
    if left > HOUR:
        return f"{math.ceil(left / HOUR)} h"
    if left > MINUTE:
        return f"{math.ceil(left / MINUTE)} min"
    return "less than a minute"


def why_not_downloadable(job: Job) -> str | None:
    """Return why a completed job's result can't be downloaded now; None when it can."""
    if job.result_state is ResultState.ARCHIVED:
        return (
            "The result is in the archive, where results on the Free plan go. Nothing is lost: "
            "with Premium it comes back, and can be downloaded again."
        )
    if job.result_state is ResultState.RESTORING:
        return "The result is on its way back from the archive. You get an e-mail when it is there."
    if job.result_state is not ResultState.AVAILABLE:
        return "This job has no result to download."
    return None
