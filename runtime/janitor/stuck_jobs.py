"""Requests open jobs again whose request was lost."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from runtime.common.job import OpenJob
from runtime.common.jobs import OpenJobs
from runtime.common.log import get_logger
from runtime.common.messages import JobRequest
from runtime.common.topics import Topic
from runtime.contract.job_status import JobStatus

STUCK_SECONDS = 300
"""How long a job may be PENDING, or RUNNING without a lease, before it is requested again.
Requesting a job that only waits for its turn does no harm: it is claimed once."""

LOOK_SECONDS = 30

log = get_logger(__name__)


@dataclass
class StuckJobRequester:
    """Looks for stuck jobs, at most every LOOK_SECONDS."""

    jobs: OpenJobs
    requests: Topic
    clock: Callable[[], float] = time.time
    _next: float = field(default=0.0, init=False)

    def __call__(self) -> None:
        """Publish the request of each stuck job again, if it is time to look."""
        now = self.clock()
        if now < self._next:
            return
        self._next = now + LOOK_SECONDS
        for job in self.jobs.open_jobs():
            if _stuck_since(job) < now - STUCK_SECONDS:
                self._request(job, not_since=int(now - STUCK_SECONDS))

    def _request(self, job: OpenJob, *, not_since: int) -> None:
        if self.jobs.mark_requested(job.job_id, not_since=not_since):
            self.requests.publish(JobRequest(job_id=job.job_id))
            log.warning("stuck job requested again", job_id=job.job_id, job_status=job.job_status)


def _stuck_since(job: OpenJob) -> int:
    """Epoch seconds since when nobody has worked on the job, at the earliest."""
    if job.job_status is JobStatus.RUNNING and job.lease_until is not None:
        return job.lease_until
    return job.submit_time
