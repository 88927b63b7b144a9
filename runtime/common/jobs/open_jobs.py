"""Open jobs of all users: PENDING and RUNNING ones, and what the janitor writes of them."""

from collections.abc import Iterator

from boto3.dynamodb.conditions import Attr, Key

from runtime.common import items
from runtime.common.items import ConditionFailed
from runtime.common.job import Job, OpenJob
from runtime.common.jobs.attempts import GAVE_UP
from runtime.common.jobs.table import OPEN_ATTRIBUTES, OPEN_SHARDS, JobTable
from runtime.contract.dynamodb import OPEN_JOBS
from runtime.contract.job_status import FailureKind


class OpenJobs(JobTable):
    """The jobs that haven't ended."""

    def open_jobs(self) -> Iterator[OpenJob]:
        """Yield the PENDING and RUNNING jobs of all users, as of a moment ago, by the index."""
        for shard in range(OPEN_SHARDS):
            shard_key = Key("open_shard").eq(f"open#{shard}")
            query = {"IndexName": OPEN_JOBS.name, **items.query(shard_key)}
            for batch in items.pages(self._table.query, query):
                yield from (OpenJob.model_validate(item) for item in batch)

    def mark_requested(self, job_id: str, *, not_since: int) -> bool:
        """Note that the request for an open job is about to be published again.

        Args:
            not_since: epoch seconds; a job requested again since then is left alone.

        Returns:
            Whether the caller is the one to publish: of several, one is.
        """
        due = Attr("request_time").not_exists() | Attr("request_time").lt(not_since)
        condition = due & Attr("open_shard").exists()
        try:
            self._update(job_id, set_={"request_time": self._now()}, condition=condition)
        except ConditionFailed:
            return False
        return True

    def fail_abandoned(self, job_id: str, *, attempts: int, reason: str | None = None) -> Job:
        """End in FAILED a job that nobody works on.

        Args:
            attempts: how many it has had, for its owner.
            reason: an operator's sentence for the owner, in the place of ours.

        Raises:
            JobMissing: there is no such job.
            ClaimRefused: it has ended, or an attempt holds it.
        """
        failure = self._failure(reason or GAVE_UP.format(attempts=attempts), FailureKind.GIVEN_UP)
        return self._take(job_id, set_=failure, remove=OPEN_ATTRIBUTES)
