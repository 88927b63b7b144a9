"""Jobs that have ended: what is written of them, and those of a span of time."""

from collections.abc import Callable, Iterator
from contextlib import suppress

from boto3.dynamodb.conditions import Attr, Key

from runtime.common import items
from runtime.common.items import ConditionFailed
from runtime.common.job import EndedJob, Job
from runtime.common.jobs.table import NOT_REMOVED, JobTable, day_of
from runtime.common.once import once
from runtime.contract.dynamodb import ENDED_JOBS

NOTIFY = "notify"
"""The mail about the end is noted in `notify_time`."""


class EndedJobs(JobTable):
    """The jobs that have ended."""

    def ended_between(self, first: int, last: int) -> Iterator[EndedJob]:
        """Yield the jobs of all users that ended in a part of one day, by the index of those.

        The index follows the table within a moment. Removed jobs are there until their item goes.

        Args:
            first: an epoch second.
            last: an epoch second of the same day in UTC; both count.
        """
        key = Key(ENDED_JOBS.partition_key).eq(day_of(first))
        span = Key(ENDED_JOBS.sort_key).between(first, last)
        query = {"IndexName": ENDED_JOBS.name, **items.query(key & span)}
        for batch in self._batches(query):
            yield from (EndedJob.model_validate(item) for item in batch)

    def tell_ended_once(self, job: Job, tell: Callable[[], object]) -> bool:
        """Call `tell` unless the owner was told of the end before; return whether it was called.

        Raises:
            Busy: somebody else is telling.
        """
        there = Attr("job_id").exists() & NOT_REMOVED
        key = {"job_id": job.job_id}
        return once(self._table, key, NOTIFY, tell, now=self._now(), only_if=there)

    def note_told(self, job: Job) -> None:
        """Note that a digest has told the owner of the end."""
        untold = Attr("job_id").exists() & Attr(f"{NOTIFY}_time").not_exists()
        with suppress(ConditionFailed):
            items.update(
                self._table,
                {"job_id": job.job_id},
                set_={f"{NOTIFY}_time": self._now()},
                condition=untold,
            )
