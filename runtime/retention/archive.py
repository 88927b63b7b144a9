"""A job has ended: when its result's time is over, the result moves into the archive.

It may be cut off anywhere and begin again, and others may do the same at the same time. A step is
safe because of the one before it:

1. the role is read when the result is due: Premium ends it;
2. annotated VCF, index and Parquet are copied, one version of each into one version;
3. ARCHIVED is written with the ids of those versions, if the result is still as it was seen;
   whoever comes second looks at the job again;
4. the role is read again: who has become Premium since then didn't see this result as archived, so
   a restore is requested for it;
5. the process cleanup is asked to delete what is surplus now, and the move is published: notify
   tells the owner. This process can't delete: cleanup looks at the job and at the archive itself.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from runtime.common import job_metrics
from runtime.common.delivery import Delivery, HandBack
from runtime.common.job import Job, ResultState
from runtime.common.jobs import ResultStates, StateChanged
from runtime.common.log import bound, get_logger
from runtime.common.messages import JobResult, RestoreResult, ResultMoved, SurplusCopies
from runtime.common.objects import ObjectMissing
from runtime.common.queues import Queue
from runtime.common.retention_rule import RetentionRule
from runtime.common.topics import Topic
from runtime.common.users import Role, UserStore
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
        surplus_copies: hears of jobs that may have more copies of their result than they need.
        moves: hears of every archived result.
    """

    states: ResultStates
    users: UserStore
    files: ResultFiles
    storage_class: StorageClass
    rule: RetentionRule
    timer: RetentionTimer
    restore_requests: Queue
    surplus_copies: Queue
    moves: Topic
    clock: Callable[[], float] = time.time

    def __call__(self, message: JobResult, delivery: Delivery) -> None:
        """See to one message of the archive queue.

        Raises:
            HandBack: the process is to end, or the job changed meanwhile.
        """
        with bound(job_id=message.job_id):
            if message.job_status is not JobStatus.COMPLETED:
                return
            job = self.states.get(message.job_id)
            if job is None:
                log.info("the job is gone")
                self._clean_up(message.user_id, message.job_id)
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
            # An attempt to archive it may have been cut off, and has left copies then.
            self._clean_up(job.user_id, job.job_id)
            return
        now = self.clock()
        if due > now:
            self.timer.set([(message, due)])
            log.info("not due yet, sent again", due=due)
            return
        archived = self._archive(job, delivery)
        job_metrics.result_archived(delay_seconds=now - due)
        self._finish(archived)

    def _archive(self, job: Job, delivery: Delivery) -> Job:
        """Copy the result and write ARCHIVED; whatever fails, the copies that it made are surplus.

        The message comes again as a rule, but not when another instance has finished with it
        meanwhile. So the copies are seen to at once.
        """
        try:
            return self._copy_and_write(job, delivery)
        except Exception:
            self._clean_up(job.user_id, job.job_id)
            raise

    def _copy_and_write(self, job: Job, delivery: Delivery) -> Job:
        try:
            copies = self.files.copy_to_archive(job, self.storage_class, delivery.check_cancelled)
        except ObjectMissing:
            if self.states.still_holds(job):
                raise
            raise HandBack(1, "archived or removed by somebody else") from None
        try:
            ids = {name: copy.version_id for name, copy in copies.items()}
            archived = self.states.archived(job, ids)
        except StateChanged:
            raise HandBack(1, "somebody else was first") from None
        log.info("archived", archive_versions=ids)
        return archived

    def _finish(self, job: Job) -> None:
        """Do what follows the write of ARCHIVED; what is done already is done again, or skipped."""
        owner = self.users.get(job.user_id)
        if owner is not None and owner.role is Role.PREMIUM_USER:
            request = RestoreResult(user_id=job.user_id, job_id=job.job_id)
            self.restore_requests.send(request)
            log.info("the owner is Premium now, restore requested")
        self._clean_up(job.user_id, job.job_id)
        self.moves.publish(ResultMoved.archived(job), of_user=job.user_id)

    def _clean_up(self, user_id: str, job_id: str) -> None:
        self.surplus_copies.send(SurplusCopies(user_id=user_id, job_id=job_id))
