"""Asking for one archived result, and noting that: ARCHIVED -> RESTORING."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from runtime.common import job_metrics
from runtime.common.job import Job
from runtime.common.log import get_logger
from runtime.common.messages import RestoreCompleted
from runtime.common.queues import Queue
from runtime.common.result_states import ResultStates, StateChanged
from runtime.retention.retrieval import Progress, Retrieval

MORE_SECONDS = 1800
"""How much longer is waited for a restore that is under way and overdue."""

log = get_logger(__name__)


@dataclass(frozen=True)
class Asking:
    """Asks S3 first and writes the job then: a crash between the two asks twice, which is fine.

    The news that the object is restored may come before the write; thaw makes up for it.

    Args:
        completed: the queue of restored objects, for those that are readable at once.
    """

    states: ResultStates
    retrieval: Retrieval
    completed: Queue
    clock: Callable[[], float] = time.time

    def ask(self, job: Job) -> None:
        """Ask for an archived result.

        Raises:
            ObjectMissing, botocore.exceptions.ClientError: see Retrieval.ask.
        """
        asked = self.retrieval.ask(job)
        try:
            self.states.restoring(job, due=asked.due)
        except StateChanged:
            log.info("somebody else asked, or it is back already")
        else:
            job_metrics.restore_requested()
        if asked.readable:
            self._announce(job)

    def ask_again_if_overdue(self, job: Job) -> None:
        """Look what S3 does about a result that should have been back, and set it going again."""
        late = self.clock() - (job.restore_due or 0)
        if late < 0:
            return
        progress = self.retrieval.progress(self.retrieval.head(job))
        # Readable and a little late: one of many that thaw has yet to come to.
        if progress is not Progress.READABLE or late > MORE_SECONDS:
            log.warning("a restore is overdue", progress=progress.name, due=job.restore_due)
            job_metrics.restore_overdue()
        if progress is Progress.READABLE:
            due = int(self.clock()) + MORE_SECONDS
            self._announce(job)
        elif progress is Progress.NOT_ASKED:
            asked = self.retrieval.ask(job)
            due = asked.due
            if asked.readable:
                self._announce(job)
        else:
            due = int(self.clock()) + MORE_SECONDS
        try:
            self.states.extend_deadline(job, due=due)
        except StateChanged:
            log.info("it is back meanwhile")

    def _announce(self, job: Job) -> None:
        """Say what S3 says of an object that it has restored."""
        self.completed.send(RestoreCompleted.of(str(job.s3_key_result_file)))
