"""A job request in the dead-letter queue: its job is requested again, or ends FAILED."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from runtime.common import job_metrics
from runtime.common.delivery import Delivery, HandBack
from runtime.common.job import Job
from runtime.common.jobs import MAX_ATTEMPTS, ClaimRefused, JobMissing, OpenJobs
from runtime.common.log import bound, get_logger
from runtime.common.messages import JobRequest, JobResult
from runtime.common.topics import Topic
from runtime.contract.job_status import FailureKind

MAX_OPEN_SECONDS = 86_400
"""After a day a job ends FAILED in any case: none stays open for ever."""

log = get_logger(__name__)


@dataclass(frozen=True)
class JanitorHandler:
    """Handles the requests that the annotators failed at."""

    jobs: OpenJobs
    requests: Topic
    results: Topic
    clock: Callable[[], float] = time.time

    def __call__(self, message: JobRequest, _delivery: Delivery) -> None:
        """End the job as FAILED, or request it again while it has attempts left.

        A request may end in the dead-letter queue without an attempt, for example when DynamoDB
        wasn't available for a while: that isn't the job's fault.

        Raises:
            HandBack: an annotator is working on the job; to be checked again when its lease ends.
        """
        with bound(job_id=message.job_id):
            job = self.jobs.get(message.job_id)
            if job is None:
                log.error("a dead request names a job that doesn't exist")
            elif job.ended:
                # Its end may not have been published. Publishing it twice does no harm.
                self._announce(job)
            elif self._may_try_again(job):
                self.requests.publish(message, of_user=job.user_id)
                log.warning("dead request published again", attempt=job.attempt)
            else:
                self._give_up(job)

    def _may_try_again(self, job: Job) -> bool:
        age = self.clock() - job.submit_time
        return job.attempts_used < MAX_ATTEMPTS and age < MAX_OPEN_SECONDS

    def _give_up(self, job: Job) -> None:
        try:
            failed = self.jobs.fail_abandoned(job.job_id, attempts=job.attempts_used)
        except JobMissing:
            log.warning("the job was deleted meanwhile")
        except ClaimRefused as refusal:
            raise HandBack(refusal.retry_after or 0, "the job is being worked on") from refusal
        else:
            log.error("job given up", attempts=job.attempt)
            job_metrics.job_failed(FailureKind.GIVEN_UP)
            self._announce(failed)

    def _announce(self, job: Job) -> None:
        self.results.publish(JobResult.of(job))
