"""A removal: the tombstone, then the files, then the item. Each step may be done again.

Of an account: all its jobs so, then the receipt and the user.

Files go only when nobody works on the job any more: a lease that lives is waited for. It ends
within its time, for a removed job's lease isn't renewed.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from runtime.common.delivery import Delivery, HandBack
from runtime.common.job import Job
from runtime.common.jobs import JobMissing, JobStore
from runtime.common.log import bound, get_logger
from runtime.common.messages import Removal
from runtime.contract.job_status import JobStatus
from runtime.contract.s3 import job_prefix, user_prefix
from runtime.removal.farewell import Farewell
from runtime.removal.files import Files

log = get_logger(__name__)


@dataclass(frozen=True)
class RemovalHandler:
    """Does what a Removal asks."""

    jobs: JobStore
    files: Files
    farewell: Farewell
    clock: Callable[[], float] = time.time

    def __call__(self, message: Removal, delivery: Delivery) -> None:
        """Delete a job, or all of an account.

        Raises:
            HandBack: an attempt works on a job, or this process is to end.
        """
        work = _Work(self, message.user_id, delivery)
        with bound(user_id=message.user_id):
            held = work.job(message.job_id) if message.job_id else work.account()
            if held:
                raise HandBack(held, "an attempt works on a job until its lease ends")


@dataclass(frozen=True)
class _Work:
    """One removal, while it is under way."""

    of: RemovalHandler
    user_id: str
    delivery: Delivery

    def job(self, job_id: str) -> int:
        """Remove a job; return the seconds to wait for whoever works on it, 0 when it's done."""
        with bound(job_id=job_id):
            try:
                job = self.of.jobs.remove(job_id, self.user_id)
            except JobMissing:
                log.info("removed before")
                return 0
            if held := self._held_for(job):
                return held
            deleted = self._files_of(job)
            self.of.jobs.erase(job_id)
            log.info("job removed", objects=deleted)
            return 0

    def account(self) -> int:
        """Remove all jobs of the user, whatever else lies under the user's prefix, the user."""
        self.of.farewell.begin(self.user_id)
        held = 0
        for job in self.of.jobs.all_of_user(self.user_id):
            self.delivery.check_cancelled()
            held = max(held, self.job(job.job_id))
        if held:
            return held
        files, prefix = self.of.files, user_prefix(self.user_id)
        rest = sum(
            files.delete(bucket, prefix, self.delivery.check_cancelled)
            for bucket in (files.inputs, files.results, files.archive)
        )
        log.info("files of an account removed", objects_without_a_job=rest)
        self.of.farewell.end(self.user_id)
        return 0

    def _held_for(self, job: Job) -> int:
        if job.job_status is not JobStatus.RUNNING or job.lease_until is None:
            return 0
        return max(0, job.lease_until - int(self.of.clock()) + 1)

    def _files_of(self, job: Job) -> int:
        files, prefix = self.of.files, job_prefix(job.user_id, job.job_id)
        deleted = files.delete(files.results, prefix, self.delivery.check_cancelled)
        deleted += files.delete(files.archive, prefix, self.delivery.check_cancelled)
        if self.of.jobs.input_is_shared(job):
            log.info("the input stays, another job has the same")
            return deleted
        # Of a job that ran again the input lies under the prefix of the first.
        folder = job.s3_key_input_file.rpartition("/")[0] + "/"
        if not folder.startswith(user_prefix(job.user_id)):
            raise ValueError(f"the input isn't the user's: {job.s3_key_input_file!r}")
        return deleted + files.delete(files.inputs, folder, self.delivery.check_cancelled)
