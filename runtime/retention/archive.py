"""A job has ended: when its result's time is over, the result moves into the archive.

It may be cut off anywhere and begin again, and others may do the same at the same time. A step is
safe because of the one before it:

1. the role is read when the result is due: Premium ends it;
2. annotated VCF, index and Parquet are copied, one version of each into one version;
3. ARCHIVED is written with the ids of those versions, if the result is still as it was seen;
   whoever comes second deletes the copies of its own;
4. the role is read again: who has become Premium since then didn't see this result as archived, so
   a restore is requested for it;
5. the copies in the results bucket go, version by version, and the owner is told.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from runtime.common import job_metrics
from runtime.common.delivery import Delivery, HandBack
from runtime.common.job import Job, ResultState
from runtime.common.jobs import ResultStates, StateChanged
from runtime.common.log import bound, get_logger
from runtime.common.messages import JobResult, RestoreResult
from runtime.common.objects import ObjectMissing
from runtime.common.once import Busy
from runtime.common.queues import Queue
from runtime.common.retention_rule import RetentionRule
from runtime.common.users import Role, User, UserStore
from runtime.contract.job_status import JobStatus
from runtime.contract.s3 import StorageClass
from runtime.retention.files import ResultFiles
from runtime.retention.timer import RetentionTimer

log = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class ArchiveHandler:
    """Archives what is due.

    Args:
        storage_class: of archived VCFs: what they cost, and how long a restore takes.
        timer: has a result that isn't due yet looked at again later.
        restore_requests: hears of an archive that an upgrade overtook.
        tell: emails the owner.
    """

    states: ResultStates
    users: UserStore
    files: ResultFiles
    storage_class: StorageClass
    rule: RetentionRule
    timer: RetentionTimer
    restore_requests: Queue
    tell: Callable[[Job, User], None]
    clock: Callable[[], float] = time.time

    def __call__(self, message: JobResult, delivery: Delivery) -> None:
        """See to one message of the archive queue.

        Raises:
            HandBack: the process is to end, or another instance is telling the owner.
        """
        with bound(job_id=message.job_id):
            if message.job_status is not JobStatus.COMPLETED:
                return
            job = self.states.get(message.job_id)
            if job is None:
                self._clean_up(message)
            elif job.result_state is ResultState.AVAILABLE:
                self._archive_if_due(job, message, delivery)
            elif job.result_state is ResultState.ARCHIVED:
                self._finish(job)
            else:
                log.info("being restored, nothing to archive")

    def _archive_if_due(self, job: Job, message: JobResult, delivery: Delivery) -> None:
        owner = self.users.get(job.user_id)
        due = None if owner is None else self.rule.due(job, owner)
        if due is None:
            log.info("kept: the owner is Premium, or gone")
            self._delete_strays(job)
            return
        now = self.clock()
        if due > now:
            self.timer.set([(message, due)])
            log.info("not due yet, sent again", due=due)
            return
        archived = self._archive(job, delivery)
        if archived is not None:
            job_metrics.result_archived(delay_seconds=now - due)
            self._finish(archived)

    def _archive(self, job: Job, delivery: Delivery) -> Job | None:
        """Copy the result and write ARCHIVED; None when somebody else was first."""
        try:
            copies = self.files.copy_to_archive(job, self.storage_class, delivery.check_cancelled)
        except ObjectMissing:
            if self.states.still_holds(job):
                raise
            log.info("archived or removed by somebody else")
            return None
        try:
            ids = {name: copy.version_id for name, copy in copies.items()}
            archived = self.states.archived(job, ids)
        except StateChanged:
            log.info("somebody else was first, the copies go")
            self.files.delete(copies.values())
            return None
        log.info("archived", archive_versions=ids)
        return archived

    def _finish(self, job: Job) -> None:
        """Do what follows the write of ARCHIVED; what is done already is done again, or skipped."""
        owner = self.users.get(job.user_id)
        if owner is not None and owner.role is Role.PREMIUM_USER:
            request = RestoreResult(user_id=job.user_id, job_id=job.job_id)
            self.restore_requests.send(request)
            log.info("the owner is Premium now, restore requested")
        self._leave_results_bucket(job)
        if owner is not None and owner.role is Role.FREE_USER:
            self._tell(job, owner)

    def _tell(self, job: Job, owner: User) -> None:
        try:
            self.states.tell_archived_once(job, lambda: self.tell(job, owner))
        except Busy as other:
            raise HandBack(other.retry_after, "another instance tells the owner") from None

    def _leave_results_bucket(self, job: Job) -> None:
        """Delete the result outside the archive, and copies there that no job knows of.

        The order counts: first the versions, then the job. If it is still archived as we know it,
        no restore had begun when we looked at the versions, so none of them is a restored one.
        """
        left = [*self.files.in_results(job), *self.files.strays(job)]
        if not self.states.still_holds(job):
            log.info("a restore has begun, nothing is deleted")
            return
        self.files.delete(left)

    def _delete_strays(self, job: Job) -> None:
        """Delete what an archive that was cut off has copied of a result that stays.

        The order counts: first the versions, then the job's epoch. Whoever made one of them, and is
        only slow, can't write it into the job after that.
        """
        strays = self.files.strays(job)
        if not strays:
            return
        try:
            self.states.fence(job)
        except StateChanged:
            log.info("archived by somebody else, who deletes them")
            return
        self.files.delete(strays)

    def _clean_up(self, message: JobResult) -> None:
        """Delete what an archive that was cut off may have left of a job that is gone."""
        log.info("the job is gone")
        self.files.delete(self.files.everything(message.user_id, message.job_id))
