"""Requests the restore of one archived result, and notes that: ARCHIVED -> RESTORING."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from runtime.common import job_metrics
from runtime.common.job import Job
from runtime.common.jobs import ResultStates, StateChanged
from runtime.common.log import get_logger
from runtime.common.queues import Queue
from runtime.common.restore_events import RestoreCompleted
from runtime.retention.retrieval import Progress, Retrieval

MORE_SECONDS = 1800
"""How much longer a restore may take that is under way and overdue."""

log = get_logger(__name__)


@dataclass(frozen=True)
class RestoreRequester:
    """Asks S3 first and writes the job then: a crash between the two asks twice, which is fine.

    S3 may have restored the object before the job is written; who brings it back writes it then.

    Args:
        completed: the queue of restored objects, for those that are readable at once.
    """

    states: ResultStates
    retrieval: Retrieval
    completed: Queue
    clock: Callable[[], float] = time.time

    def request(self, job: Job) -> None:
        """Request an archived result.

        Raises:
            ObjectMissing, botocore.exceptions.ClientError: see Retrieval.request.
        """
        requested = self.retrieval.request(job)
        try:
            self.states.restoring(job, due=requested.due)
        except StateChanged:
            log.info("somebody else requested it, or it is back already")
        else:
            job_metrics.restore_requested()
        if requested.readable:
            self._announce(job)

    def request_again_if_overdue(self, job: Job) -> None:
        """Look at what S3 does about a result that should have been back, and restart it.

        Raises:
            ObjectMissing, botocore.exceptions.ClientError: see Retrieval.request.
        """
        late = self.clock() - (job.restore_due or 0)
        if late < 0:
            return
        progress = self.retrieval.progress(self.retrieval.head(job))
        # Readable and a little late: one of many that wait for their turn to be copied back.
        if progress is not Progress.READABLE or late > MORE_SECONDS:
            log.warning("a restore is overdue", progress=progress.name, due=job.restore_due)
            job_metrics.restore_overdue()
        if progress is Progress.READABLE:
            due = int(self.clock()) + MORE_SECONDS
            self._announce(job)
        elif progress is Progress.NOT_REQUESTED:
            requested = self.retrieval.request(job)
            due = requested.due
            if requested.readable:
                self._announce(job)
        else:
            due = int(self.clock()) + MORE_SECONDS
        try:
            self.states.extend_deadline(job, due=due)
        except StateChanged:
            log.info("it is back meanwhile")

    def _announce(self, job: Job) -> None:
        """Say what S3 says of an object that it has restored."""
        self.completed.send(RestoreCompleted.of(job.result_keys.vcf))
