"""The list of a user's jobs, by an index that follows the table within a moment."""

from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from runtime.common import items
from runtime.common.job import CANCELLED, FIRST_REFERENCE, Job, JobState, folded
from runtime.common.jobs.table import NOT_REMOVED, JobTable, of_user

FIRST_LOOK = 4
"""With a filter, so many times the page's size are read first; after that, 1 MB at a time, which
is what a query reads at the most."""


@dataclass(frozen=True)
class Page:
    """Some of a user's jobs, newest first.

    Attributes:
        jobs: the jobs.
        cursor: leads to the older ones; None where there are none.
        has_newer: whether there are newer ones, which `newer_cursor` leads to.
    """

    jobs: tuple[Job, ...]
    cursor: str | None
    has_newer: bool = False

    @property
    def newer_cursor(self) -> str | None:
        """The cursor whose newer jobs are the page before."""
        return _cursor(self.jobs[0]) if self.has_newer and self.jobs else None


@dataclass(frozen=True)
class Wanted:
    """Which jobs a list is to hold.

    Attributes:
        state: only jobs in this state.
        text: only jobs whose file name, note or reference holds it, whatever its case.
        reference: only jobs with the reference of this name.
    """

    state: JobState | None = None
    text: str = ""
    reference: str = ""

    @property
    def condition(self) -> ConditionBase:
        """What DynamoDB is asked for."""
        wanted: ConditionBase = NOT_REMOVED
        if self.state is not None:
            wanted &= _in(self.state)
        if self.text:
            text = folded(self.text)
            wanted &= Attr("search_text").contains(text) | Attr("reference").contains(text)
        if self.reference:
            wanted &= _of(self.reference)
        return wanted


EVERY_JOB = Wanted()


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
        for batch in items.pages(self._table.query, query):
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
        newer: bool = False,
        wanted: Wanted = EVERY_JOB,
    ) -> Page:
        """Return `limit` jobs of a user, newest first: those that are older than `cursor`.

        Fewer are returned only at the end: with a filter as many are read as that takes.

        Args:
            newer: those that are newer than `cursor` and nearest to it, instead.

        Raises:
            ValueError: the cursor is none that this method gave.
        """
        query = of_user(user_id, newest_first=not newer, only=wanted.condition)
        if cursor is not None:
            # The user's id is the caller's, never the cursor's: that one comes from a URL.
            query["ExclusiveStartKey"] = {"user_id": user_id, **_position(cursor)}
        filtered = wanted != EVERY_JOB
        found: list[dict[str, Any]] = []
        query["Limit"] = (limit + 1) * (FIRST_LOOK if filtered else 1)
        for batch in items.pages(self._table.query, query):
            found += batch
            if len(found) > limit:
                break
            if filtered:
                query.pop("Limit", None)
        jobs = [Job.model_validate(item) for item in found[:limit]]
        more = len(found) > limit
        if newer:
            return Page(tuple(reversed(jobs)), cursor if not jobs else _cursor(jobs[0]), more)
        return Page(tuple(jobs), _cursor(jobs[-1]) if more else None, cursor is not None)


def _of(reference: str) -> ConditionBase:
    own = Attr("reference").eq(reference)
    return own | Attr("reference").not_exists() if reference == FIRST_REFERENCE else own


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
