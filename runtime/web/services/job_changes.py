"""What owners do to their jobs, with all that follows from it: for pages and for the API."""

from collections.abc import Callable
from dataclasses import dataclass

from runtime.common import job_metrics
from runtime.common.job import Job
from runtime.common.jobs import OwnerActions
from runtime.contract.job_status import FailureKind
from runtime.web.services.removal_requests import JobRemoval


@dataclass(frozen=True)
class JobChanges:
    """Cancels and deletes jobs of their owners.

    Args:
        forget: called with a deleted job, to drop what this instance holds of its result.
    """

    actions: OwnerActions
    removal: JobRemoval
    forget: Callable[[Job], None]

    def cancel(self, job: Job) -> Job:
        """End a waiting job at once, and a running one within seconds; return it as it is now.

        Raises:
            JobMissing: it was deleted meanwhile.
            JobEnded: it has ended.
        """
        changed = self.actions.cancel(job.job_id, job.user_id)
        if changed.cancelled:
            job_metrics.job_failed(FailureKind.CANCELLED)
        return changed

    def delete(self, job: Job) -> None:
        """Hide a job at once; its files are deleted soon after."""
        self.removal.remove(job)
        self.forget(job)
