"""What is written of jobs that have ended: that their owner was told."""

from collections.abc import Callable

from boto3.dynamodb.conditions import Attr

from runtime.common.job import Job
from runtime.common.jobs.table import NOT_REMOVED, JobTable
from runtime.common.once import once

NOTIFY = "notify"
"""The mail about the end is noted in `notify_time`."""


class EndedJobs(JobTable):
    """The jobs that have ended."""

    def tell_ended_once(self, job: Job, tell: Callable[[], object]) -> bool:
        """Call `tell` unless the owner was told of the end before; return whether it was called.

        Raises:
            Busy: somebody else is telling.
        """
        there = Attr("job_id").exists() & NOT_REMOVED
        key = {"job_id": job.job_id}
        return once(self._table, key, NOTIFY, tell, now=self._now(), only_if=there)
