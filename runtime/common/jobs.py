"""The life cycle of a job. Every change of the annotations table is a conditional write here.

job_status: PENDING -> RUNNING -> COMPLETED or FAILED; RUNNING -> PENDING when handed back.
The attempt number is a fencing token: what an older attempt still writes is refused.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runtime.common import items
from runtime.common.items import Condition, ConditionFailed, exists, not_exists
from runtime.common.job import Job, JobStatus, OpenJob, ResultState

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

USER_INDEX = "user_id_index"
OPEN_INDEX = "open_jobs_index"

OPEN_SHARDS = 8
"""Partitions of the open-jobs index: one would bound the writes to 1,000 a second.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-indexes-gsi-sharding.html"""

MAX_ERROR_LENGTH = 2000
"""Characters of an error kept: an item holds 400 KB, and a person reads a few sentences."""

_OPEN_ATTRIBUTES = ("lease_until", "open_shard")
"""Only PENDING and RUNNING jobs carry these: the index of open jobs is sparse."""


class JobMissing(Exception):
    """There is no job of that id."""


class LeaseLost(Exception):
    """Another attempt owns the job now, or the job has ended: what this one did doesn't count."""


class ClaimRefused(Exception):
    """The job can't be claimed: it has ended, or another attempt holds it.

    Attributes:
        job: the job as it is.
        retry_after: seconds until the other attempt's lease ends; None when the job has ended.
    """

    def __init__(self, job: Job, retry_after: int | None) -> None:
        super().__init__(f"job {job.job_id} is {job.job_status}")
        self.job = job
        self.retry_after = retry_after


@dataclass(frozen=True)
class Claim:
    """The right of one attempt to work on a job while its lease lasts."""

    job: Job
    attempt: int


@dataclass(frozen=True)
class Page:
    """Some of a user's jobs, newest first; `cursor` leads to the next page, None on the last."""

    jobs: tuple[Job, ...]
    cursor: str | None


class JobStore:
    """The jobs in the annotations table.

    Args:
        table: DynamoDB table with the indexes that the design's section 5 names.
        clock: returns the time in epoch seconds.
    """

    def __init__(self, table: "Table", clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock

    def create(
        self,
        *,
        job_id: str,
        user_id: str,
        input_file_name: str,
        s3_inputs_bucket: str,
        s3_key_input_file: str,
    ) -> Job:
        """Write a new job in PENDING; a second call for the same job returns the one there is.

        Raises:
            PermissionError: the id belongs to a job of another user.
        """
        job = Job(
            job_id=job_id,
            user_id=user_id,
            input_file_name=input_file_name,
            s3_inputs_bucket=s3_inputs_bucket,
            s3_key_input_file=s3_key_input_file,
            submit_time=int(self._clock()),
            job_status=JobStatus.PENDING,
            open_shard=f"open#{random.randrange(OPEN_SHARDS)}",  # noqa: S311 - spreads load
        )
        try:
            items.put(self._table, job.to_item(), condition=not_exists("job_id"))
        except ConditionFailed as refusal:
            existing = self.require(job_id)
            if existing.user_id != user_id:
                raise PermissionError(f"job {job_id} is another user's") from refusal
            return existing
        return job

    def get(self, job_id: str) -> Job | None:
        """Read a job consistently; None when there is none."""
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

    def list_for_user(self, user_id: str, *, limit: int = 50, cursor: str | None = None) -> Page:
        """Return up to `limit` jobs of a user, newest first, from where `cursor` points.

        Raises:
            ValueError: the cursor is none that this method gave.
        """
        query: dict[str, Any] = {
            "IndexName": USER_INDEX,
            "KeyConditionExpression": "user_id = :user_id",
            "ExpressionAttributeValues": {":user_id": user_id},
            "ScanIndexForward": False,
            "Limit": limit,
        }
        if cursor is not None:
            # The user's id is the caller's, never the cursor's: that one comes from a URL.
            query["ExclusiveStartKey"] = {"user_id": user_id, **_position(cursor)}
        answer = self._table.query(**query)
        last = answer.get("LastEvaluatedKey")
        return Page(
            jobs=tuple(Job.model_validate(item) for item in answer["Items"]),
            cursor=None if last is None else _cursor(last),
        )

    def claim(self, job_id: str, *, lease_seconds: int) -> Claim:
        """Take a job for `lease_seconds`: PENDING, or RUNNING with a lease that has ended.

        Raises:
            JobMissing: there is no such job.
            ClaimRefused: it has ended, or another attempt holds it.
        """
        changes = {
            "job_status": JobStatus.RUNNING,
            "lease_until": int(self._clock()) + lease_seconds,
            "progress": 0,
        }
        job = self._take(job_id, set_=changes, add={"attempt": 1})
        return Claim(job=job, attempt=job.attempt)

    def renew(self, claim: Claim, *, lease_seconds: int) -> None:
        """Let the lease last `lease_seconds` from now. Raises LeaseLost."""
        self._update_claimed(claim, set_={"lease_until": int(self._clock()) + lease_seconds})

    def set_progress(self, claim: Claim, percent: int) -> None:
        """Tell how much of the work is done, 0 to 100. Raises LeaseLost."""
        self._update_claimed(claim, set_={"progress": percent})

    def release(self, claim: Claim) -> None:
        """Hand the job back: PENDING again, free for the next attempt. Raises LeaseLost."""
        changes = {"job_status": JobStatus.PENDING, "progress": 0}
        self._update_claimed(claim, set_=changes, remove=("lease_until",))

    def complete(self, claim: Claim, *, results_bucket: str, result_key: str, log_key: str) -> Job:
        """End the job in COMPLETED; its results are in place. Raises LeaseLost."""
        changes = {
            "job_status": JobStatus.COMPLETED,
            "result_state": ResultState.AVAILABLE,
            "s3_results_bucket": results_bucket,
            "s3_key_result_file": result_key,
            "s3_key_log_file": log_key,
            "complete_time": int(self._clock()),
            "progress": 100,
        }
        return self._update_claimed(claim, set_=changes, remove=_OPEN_ATTRIBUTES)

    def fail(
        self,
        claim: Claim,
        error: str,
        *,
        results_bucket: str | None = None,
        log_key: str | None = None,
    ) -> Job:
        """End the job in FAILED with a sentence for its owner. Raises LeaseLost."""
        changes: dict[str, Any] = self._failure(error)
        if results_bucket is not None and log_key is not None:
            changes |= {"s3_results_bucket": results_bucket, "s3_key_log_file": log_key}
        return self._update_claimed(claim, set_=changes, remove=_OPEN_ATTRIBUTES)

    def fail_abandoned(self, job_id: str, error: str) -> Job:
        """End in FAILED a job that nobody works on.

        Raises:
            JobMissing: there is no such job.
            ClaimRefused: it has ended, or an attempt holds it.
        """
        return self._take(job_id, set_=self._failure(error), remove=_OPEN_ATTRIBUTES)

    def open_jobs(self) -> Iterator[OpenJob]:
        """Yield the PENDING and RUNNING jobs of all users, as of a moment ago, by the index."""
        for shard in range(OPEN_SHARDS):
            query: dict[str, Any] = {
                "IndexName": OPEN_INDEX,
                "KeyConditionExpression": "open_shard = :shard",
                "ExpressionAttributeValues": {":shard": f"open#{shard}"},
            }
            while True:
                answer = self._table.query(**query)
                yield from (OpenJob.model_validate(item) for item in answer["Items"])
                if "LastEvaluatedKey" not in answer:
                    break
                query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def mark_requested(self, job_id: str, *, not_since: int) -> bool:
        """Note that the request for an open job is about to be published again.

        Args:
            not_since: epoch seconds; a job requested again since then is left alone.

        Returns:
            Whether the caller is the one to publish: of several, one is.
        """
        due = Condition(
            "attribute_not_exists(#request_time) OR #request_time < :not_since",
            {"not_since": not_since},
        )
        return self._mark(job_id, "request_time", due & exists("open_shard"))

    def mark_notified(self, job_id: str) -> bool:
        """Note that the owner was told of the end; False when somebody noted it before."""
        return self._mark(job_id, "notify_time", exists("job_id") & not_exists("notify_time"))

    def _take(self, job_id: str, **changes: Any) -> Job:
        """Write `changes` if the job is free: PENDING, or RUNNING with a lease that has ended."""
        now = int(self._clock())
        free = Condition(
            "#job_status = :pending OR (#job_status = :running AND #lease_until < :now)",
            {"pending": JobStatus.PENDING, "running": JobStatus.RUNNING, "now": now},
        )
        try:
            return self._update(job_id, condition=free, **changes)
        except ConditionFailed as refusal:
            held = self.require(job_id)
            retry_after = max(1, (held.lease_until or now) - now + 1)
            raise ClaimRefused(held, None if held.ended else retry_after) from refusal

    def _update_claimed(self, claim: Claim, **changes: Any) -> Job:
        """Write `changes` if the claim still holds."""
        mine = Condition(
            "#job_status = :running AND #attempt = :mine",
            {"running": JobStatus.RUNNING, "mine": claim.attempt},
        )
        try:
            return self._update(claim.job.job_id, condition=mine, **changes)
        except ConditionFailed as refusal:
            raise LeaseLost(
                f"attempt {claim.attempt} of job {claim.job.job_id} doesn't own it any more"
            ) from refusal

    def _mark(self, job_id: str, name: str, condition: Condition) -> bool:
        """Write the time into attribute `name` if `condition` holds; return whether it did."""
        try:
            self._update(job_id, set_={name: int(self._clock())}, condition=condition)
        except ConditionFailed:
            return False
        return True

    def _update(self, job_id: str, **changes: Any) -> Job:
        return Job.model_validate(items.update(self._table, {"job_id": job_id}, **changes))

    def _failure(self, error: str) -> dict[str, Any]:
        return {
            "job_status": JobStatus.FAILED,
            "error": error[:MAX_ERROR_LENGTH],
            "complete_time": int(self._clock()),
        }


def _cursor(last_key: Mapping[str, Any]) -> str:
    return f"{last_key['submit_time']}-{last_key['job_id']}"


def _position(cursor: str) -> dict[str, Any]:
    submit_time, _, job_id = cursor.partition("-")
    if not submit_time.isdecimal() or not job_id:
        raise ValueError(f"no such page: {cursor!r}")
    return {"submit_time": int(submit_time), "job_id": job_id}
