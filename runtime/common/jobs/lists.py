"""Lists of jobs, by the table's two indexes. Both follow the table within a moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from runtime.common import items
from runtime.common.items import Condition
from runtime.common.job import CANCELLED, Job, JobState, OpenJob
from runtime.common.jobs.owners import OPEN_SHARDS
from runtime.common.jobs.table import NOT_REMOVED, JobTable
from runtime.contract.dynamodb import JOBS_OF_USER, OPEN_JOBS

FIRST_LOOK = 4
"""With a filter, so many times the page's size are read first; after that, 1 MB at a time, which
is what a query reads at the most."""


@dataclass(frozen=True)
class Page:
    """Some of a user's jobs, newest first; `cursor` leads to the next page, None on the last."""

    jobs: tuple[Job, ...]
    cursor: str | None


class Lists(JobTable):
    """Reads of many jobs."""

    def list_for_user(
        self,
        user_id: str,
        *,
        limit: int = 50,
        cursor: str | None = None,
        state: JobState | None = None,
        text: str = "",
    ) -> Page:
        """Return `limit` jobs of a user, newest first, from where `cursor` points.

        Fewer are returned only at the end: with a filter as many are read as that takes.

        Args:
            state: only jobs in this state.
            text: only jobs whose file name or note holds it, whatever its case.

        Raises:
            ValueError: the cursor is none that this method gave.
        """
        query = _filtered(_of_user(user_id, newest_first=True), state=state, text=text)
        if cursor is not None:
            # The user's id is the caller's, never the cursor's: that one comes from a URL.
            query["ExclusiveStartKey"] = {"user_id": user_id, **_position(cursor)}
        filtered = state is not None or bool(text)
        found: list[dict[str, Any]] = []
        query["Limit"] = (limit + 1) * (FIRST_LOOK if filtered else 1)
        for batch in self._batches(query):
            found += batch
            if len(found) > limit:
                break
            if filtered:
                query.pop("Limit", None)
        jobs = tuple(Job.model_validate(item) for item in found[:limit])
        return Page(jobs=jobs, cursor=_cursor(jobs[-1]) if len(found) > limit else None)

    def all_of_user(self, user_id: str) -> Iterator[Job]:
        """Yield every job of a user, the removed ones as well, read page by page."""
        for batch in self._batches(_of_user(user_id, newest_first=False)):
            yield from (Job.model_validate(item) for item in batch)

    def input_is_shared(self, job: Job) -> bool:
        """Whether another job of the owner, not a removed one, has the same input."""
        query = _of_user(job.user_id, newest_first=True)
        query["FilterExpression"] = (
            "s3_key_input_file = :key AND job_id <> :this AND attribute_not_exists(removed_at)"
        )
        query["ExpressionAttributeValues"] |= {":key": job.s3_key_input_file, ":this": job.job_id}
        return any(self._batches(query))

    def open_jobs(self) -> Iterator[OpenJob]:
        """Yield the PENDING and RUNNING jobs of all users, as of a moment ago, by the index."""
        for shard in range(OPEN_SHARDS):
            query: dict[str, Any] = {
                "IndexName": OPEN_JOBS.name,
                "KeyConditionExpression": "open_shard = :shard",
                "ExpressionAttributeValues": {":shard": f"open#{shard}"},
            }
            for batch in self._batches(query):
                yield from (OpenJob.model_validate(item) for item in batch)

    def _batches(self, query: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
        """Yield what each call of a query finds; the caller may change `query` between calls."""
        while True:
            answer = self._table.query(**query)
            yield answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _of_user(user_id: str, *, newest_first: bool) -> dict[str, Any]:
    return {
        "IndexName": JOBS_OF_USER.name,
        "KeyConditionExpression": "user_id = :user_id",
        "ExpressionAttributeValues": {":user_id": user_id},
        "ScanIndexForward": not newest_first,
    }


def _filtered(query: dict[str, Any], *, state: JobState | None, text: str) -> dict[str, Any]:
    wanted = NOT_REMOVED
    if state is not None:
        wanted &= _in(state)
    if text:
        wanted &= Condition("contains(#search_text, :text)", {"text": text.casefold()})
    return items.filtered(query, wanted)


def _in(state: JobState) -> Condition:
    """Return what `Job.state` means of an item."""
    own = {"state": state.value}
    match state:
        case JobState.COMPLETED:
            away = {"archived": JobState.ARCHIVED.value, "restoring": JobState.RESTORING.value}
            return Condition(
                "#job_status = :state AND NOT #result_state IN (:archived, :restoring)", own | away
            )
        case JobState.ARCHIVED | JobState.RESTORING:
            return Condition("#result_state = :state", own)
        case JobState.FAILED:
            cancelled = {"cancelled": CANCELLED}
            return Condition("#job_status = :state AND #error <> :cancelled", own | cancelled)
        case JobState.CANCELLED:
            return Condition("#error = :cancelled", {"cancelled": CANCELLED})
        case _:
            return Condition("#job_status = :state", own)


def _cursor(last: Job) -> str:
    return f"{last.submit_time}-{last.job_id}"


def _position(cursor: str) -> dict[str, Any]:
    submit_time, _, job_id = cursor.partition("-")
    if not submit_time.isdecimal() or not job_id:
        raise ValueError(f"no such page: {cursor!r}")
    return {"submit_time": int(submit_time), "job_id": job_id}
