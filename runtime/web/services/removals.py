"""Removing a job: asked of the removal process, and hidden at once."""

from contextlib import suppress
from dataclasses import dataclass

from runtime.common.job import Job
from runtime.common.jobs import JobMissing, JobStore
from runtime.common.messages import Removal
from runtime.common.queues import Queue
from runtime.contract.job_status import JobStatus

LET_GO_SECONDS = 5
"""Within this an annotator has heard that its job is removed, and let it go. A removal that comes
earlier is right too, but waits for the lease, which may last a minute."""


@dataclass(frozen=True)
class RemovalService:
    """Removes jobs on behalf of their owners."""

    jobs: JobStore
    queue: Queue

    def remove(self, job: Job) -> None:
        """Hide a job, and have its files deleted.

        The message goes first: a tombstone without one would keep the files for ever, while the
        process that gets the message writes a tombstone that is missing.

        Raises:
            botocore.exceptions.ClientError: the queue or the table refused it; nothing is lost, and
                it may be tried again.
        """
        delay = LET_GO_SECONDS if job.job_status is JobStatus.RUNNING else 0
        self.queue.send(Removal(user_id=job.user_id, job_id=job.job_id), delay_seconds=delay)
        # The removal process may have been quicker, and nothing is left to hide.
        with suppress(JobMissing):
            self.jobs.remove(job.job_id, job.user_id)
