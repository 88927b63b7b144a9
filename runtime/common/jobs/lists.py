"""The list of a user's jobs, by an index that follows the table within a moment."""

from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from runtime.common.job import CANCELLED, Job, JobState, folded
from runtime.common.jobs.table import NOT_REMOVED, JobTable, of_user

FIRST_LOOK = 4
"""With a filter, so many times the page's size are read first; after that, 1 MB at a time, which
is what a query reads at the most."""


@dataclass(frozen=True)
class Page:
    """Some of a user's jobs, newest first; `cursor` leads to the next page, None on the last."""

    jobs: tuple[Job, ...]
    cursor: str | None


class JobLists(JobTable):
    """The list of a user's jobs."""

    def are_open(self, user_id: str, *, at_least: int) -> bool:
        """Whether so many of a user's jobs are PENDING or RUNNING.

        They are looked for among the newest: a user who has five times as many newer ones that
        have ended hasn't piled them up.
        """
        query = of_user(user_id, newest_first=True, only=Attr("open_shard").exists())
        left = query["Limit"] = 5 * at_least
        found = 0
        for batch in self._batches(query):
            found += len(batch)
            left -= query["Limit"]
            if found >= at_least or left <= 0:
                break
        return found >= at_least

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
        query = of_user(user_id, newest_first=True, only=_wanted(state, text))
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


def _wanted(state: JobState | None, text: str) -> ConditionBase:
    wanted: ConditionBase = NOT_REMOVED
    if state is not None:
        wanted &= _in(state)
    if text:
        wanted &= Attr("search_text").contains(folded(text))
    return wanted


def _in(state: JobState) -> ConditionBase:
    """Return what `Job.state` means of an item."""
    status, result_state = Attr("job_status"), Attr("result_state")
    match state:
        case JobState.COMPLETED:
            away = result_state.is_in([JobState.ARCHIVED.value, JobState.RESTORING.value])
            return status.eq(state.value) & ~away
        case JobState.ARCHIVED | JobState.RESTORING:
            return result_state.eq(state.value)
        case JobState.FAILED:
            return status.eq(state.value) & Attr("error").ne(CANCELLED)
        case JobState.CANCELLED:
            return Attr("error").eq(CANCELLED)
        case _:
            return status.eq(state.value)


def _cursor(last: Job) -> str:
    return f"{last.submit_time}-{last.job_id}"


def _position(cursor: str) -> dict[str, Any]:
    submit_time, _, job_id = cursor.partition("-")
    if not submit_time.isdecimal() or not job_id:
        raise ValueError(f"no such page: {cursor!r}")
    return {"submit_time": int(submit_time), "job_id": job_id}
