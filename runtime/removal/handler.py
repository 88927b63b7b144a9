"""Removes a job: marks it removed, deletes what belongs to it, its files, then its item. Each step
can be repeated.

For an account: removes all of its jobs, then sends the receipt and erases the user.

A signed upload form outlives what it was for. So the tombstone of a young job stays until no upload
of it can arrive any more, and its files are deleted again and again: the ticket of the upload can't
make the job anew. An export that was being made may arrive late too, so a job with a result stays a
tombstone for a while in any case. The folder of an erased account is looked after in the same way.

Files are deleted only when no annotator works on the job any more: the removal waits for its lease.
The lease of a removed job isn't renewed, so it ends in time.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from runtime.common.delivery import Delivery, HandBack
from runtime.common.job import Job
from runtime.common.jobs import JobMissing, Removals
from runtime.common.log import bound, get_logger
from runtime.common.messages import Removal
from runtime.common.owned_items import OwnedItems, of_job
from runtime.common.queues import Queue
from runtime.common.shares import Shares
from runtime.contract.job_status import JobStatus
from runtime.contract.s3 import (
    UPLOAD_SECONDS,
    job_exports_prefix,
    job_prefix,
    user_exports_prefix,
    user_prefix,
)
from runtime.contract.sqs import MAX_DELAY_SECONDS
from runtime.removal.account_erasure import AccountErasure
from runtime.removal.user_files import UserFiles

log = get_logger(__name__)


@dataclass(frozen=True)
class RemovalHandler:
    """Does what a Removal asks; `removals` is the queue that it comes from."""

    jobs: Removals
    owned_items: OwnedItems
    files: UserFiles
    removals: Queue
    erasure: AccountErasure
    clock: Callable[[], float] = time.time

    def __call__(self, message: Removal, delivery: Delivery) -> None:
        """Remove a job, or a whole account.

        Raises:
            HandBack: an annotator works on a job, or this process is to stop.
        """
        removal = _Removal(self, message.user_id, delivery)
        with bound(user_id=message.user_id):
            if message.sweep_until is not None:
                removal.sweep(message.sweep_until)
                return
            seconds = removal.job(message.job_id) if message.job_id else removal.account()
            if seconds:
                raise HandBack(seconds, "an annotator works on a job until its lease ends")


@dataclass(frozen=True)
class _Removal:
    """One removal in progress."""

    handler: RemovalHandler
    user_id: str
    delivery: Delivery

    def job(self, job_id: str, *, with_account: bool = False) -> int:
        """Remove a job; return the seconds until its lease ends, 0 when it is removed.

        Args:
            with_account: its owner can't sign in any more, so that no ticket can make it anew.
        """
        with bound(job_id=job_id):
            try:
                job = self.handler.jobs.remove(job_id, self.user_id)
            except JobMissing:
                log.info("the job was already removed")
                return 0
            if seconds := self._lease_seconds(job):
                return seconds
            Shares(self.handler.owned_items).clear_lists(job_id)
            self.handler.owned_items.delete_all(of_job(job_id))
            deleted = self._delete_files(job)
            if not with_account and self._now() < job.arrivals_end:
                self._again(Removal(user_id=self.user_id, job_id=job_id))
                log.info("job removed, but more of it may arrive", objects=deleted)
                return 0
            self.handler.jobs.erase(job_id)
            log.info("job removed", objects=deleted)
            return 0

    def account(self) -> int:
        """Remove all jobs of the user, any other object under the user's prefix, and the user."""
        self.handler.erasure.block(self.user_id)
        seconds = 0
        for job in self.handler.jobs.all_of_user(self.user_id):
            self.delivery.check_cancelled()
            seconds = max(seconds, self.job(job.job_id, with_account=True))
        if seconds:
            return seconds
        self.sweep(self._now() + UPLOAD_SECONDS)
        self.handler.erasure.erase(self.user_id)
        return 0

    def sweep(self, until: int) -> None:
        """Delete what is in the user's folders without a job, and look again, until that time."""
        files, prefix = self.handler.files, user_prefix(self.user_id)
        folders = [(bucket, prefix) for bucket in (files.inputs, files.results, files.archive)]
        folders.append((files.results, user_exports_prefix(self.user_id)))
        others = sum(
            files.delete(bucket, folder, self.delivery.check_cancelled)
            for bucket, folder in folders
        )
        log.info("files of an account removed", objects_without_a_job=others)
        if self._now() < until:
            self._again(Removal(user_id=self.user_id, sweep_until=until))

    def _again(self, message: Removal) -> None:
        self.handler.removals.send(message, delay_seconds=MAX_DELAY_SECONDS)

    def _now(self) -> int:
        return int(self.handler.clock())

    def _lease_seconds(self, job: Job) -> int:
        if job.job_status is not JobStatus.RUNNING or job.lease_until is None:
            return 0
        return max(0, job.lease_until - self._now() + 1)

    def _delete_files(self, job: Job) -> int:
        files, prefix = self.handler.files, job_prefix(job.user_id, job.job_id)
        deleted = files.delete(files.results, prefix, self.delivery.check_cancelled)
        exports = job_exports_prefix(job.user_id, job.job_id)
        deleted += files.delete(files.results, exports, self.delivery.check_cancelled)
        deleted += files.delete(files.archive, prefix, self.delivery.check_cancelled)
        if self.handler.jobs.input_is_shared(job):
            log.info("the input is kept, because another job uses it")
            return deleted
        # The input of a job that ran again is under the prefix of the first job.
        folder = job.s3_key_input_file.rpartition("/")[0] + "/"
        if not folder.startswith(user_prefix(job.user_id)):
            raise ValueError(f"the input isn't this user's: {job.s3_key_input_file!r}")
        return deleted + files.delete(files.inputs, folder, self.delivery.check_cancelled)
