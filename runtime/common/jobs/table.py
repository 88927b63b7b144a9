"""What every part of the jobs stands on: reading one job, and changing it on a condition."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from runtime.common import items
from runtime.common.items import ConditionFailed
from runtime.common.job import Job
from runtime.common.jobs.refusals import ClaimRefused, JobMissing
from runtime.contract.dynamodb import JOBS_OF_USER
from runtime.contract.job_status import FailureKind, JobStatus

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

MAX_ERROR_LENGTH = 2000
"""Characters of an error kept: an item holds 400 KB, and a person reads a few sentences."""

OPEN_SHARDS = 8
"""Partitions of the open-jobs index: one would bound the writes to 1,000 a second.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-indexes-gsi-sharding.html"""

OPEN_ATTRIBUTES = ("lease_until", "open_shard")
"""Only PENDING and RUNNING jobs carry these: the index of open jobs is sparse."""

NOT_REMOVED = Attr("removed_at").not_exists()


class JobTable:
    """The annotations table.

    Args:
        table: the DynamoDB table that `runtime.contract.dynamodb.ANNOTATIONS` describes.
        clock: returns the time in epoch seconds.
    """

    def __init__(self, table: "Table", clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock

    def get(self, job_id: str) -> Job | None:
        """Read a job consistently; None when there is none, or its owner has removed it."""
        job = self.get_even_removed(job_id)
        return None if job is None or job.removed_at is not None else job

    def get_even_removed(self, job_id: str) -> Job | None:
        """Read a job consistently, a removed one as well; None when there is none."""
        item = self._table.get_item(Key={"job_id": job_id}, ConsistentRead=True).get("Item")
        return None if item is None else Job.model_validate(item)

    def require(self, job_id: str) -> Job:
        """Read a job that must exist.

        Raises:
            JobMissing: it doesn't.
        """
        job = self.get(job_id)
        if job is None:
            raise JobMissing(f"there is no job {job_id}")
        return job

    def _now(self) -> int:
        return int(self._clock())

    def _free(self) -> ConditionBase:
        """The condition that nobody works on the job: PENDING, or RUNNING with an ended lease."""
        pending = Attr("job_status").eq(JobStatus.PENDING)
        running = Attr("job_status").eq(JobStatus.RUNNING)
        return (pending | (running & Attr("lease_until").lt(self._now()))) & NOT_REMOVED

    def _take(self, job_id: str, **changes: Any) -> Job:
        """Write `changes` if the job is free."""
        try:
            return self._update(job_id, condition=self._free(), **changes)
        except ConditionFailed as refusal:
            now, held = self._now(), self.require(job_id)
            retry_after = max(1, (held.lease_until or now) - now + 1)
            raise ClaimRefused(held, None if held.ended else retry_after) from refusal

    def _update(self, job_id: str, **changes: Any) -> Job:
        return Job.model_validate(items.update(self._table, {"job_id": job_id}, **changes))

    def _failure(self, error: str, kind: FailureKind) -> dict[str, Any]:
        return {
            "job_status": JobStatus.FAILED,
            "error": error[:MAX_ERROR_LENGTH],
            "failure": kind,
            **self._end(),
        }

    def _end(self) -> dict[str, Any]:
        """Return what a job's end writes whichever way it ends."""
        now = self._now()
        return {"complete_time": now, "ended_day": day_of(now)}


def day_of(epoch_seconds: float) -> str:
    """Return the day in UTC, as 2026-11-29."""
    return datetime.fromtimestamp(epoch_seconds, UTC).strftime("%Y-%m-%d")


def belongs_to(user_id: str) -> ConditionBase:
    """Return the condition that the job is this user's."""
    return Attr("user_id").eq(user_id)


def of_user(
    user_id: str, *, newest_first: bool, only: ConditionBase | None = None
) -> dict[str, Any]:
    """Return the query for a user's jobs, by an index that follows the table within a moment."""
    return {
        "IndexName": JOBS_OF_USER.name,
        **items.query(Key("user_id").eq(user_id), only=only),
        "ScanIndexForward": not newest_first,
    }
