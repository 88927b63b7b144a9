"""The jobs that ended in a span of time."""

from collections.abc import Iterator

from boto3.dynamodb.conditions import Key

from runtime.common import items
from runtime.common.job import EndedJob
from runtime.common.jobs.table import JobTable, day_of
from runtime.contract.dynamodb import ENDED_JOBS


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
        for batch in items.pages(self._table.query, query):
            yield from (EndedJob.model_validate(item) for item in batch)
