"""S3 has restored an object of the archive: the result goes back to where it was.

It may be cut off anywhere and begin again, and others may do the same at the same time. A step is
safe because of the one before it:

1. the job is RESTORING; if the event came before that was written, it is written now, so that no
   archive that was cut off deletes what comes next;
2. annotated VCF, index and Parquet are copied back, byte for byte;
3. AVAILABLE is written, if the job is still as it was seen; whoever comes second looks at the job
   again. The job keeps the ids of the versions in the archive;
4. the process cleanup is asked to delete what is surplus now, and if the owner is Free, the
   result's timer is set. This process can't delete: cleanup looks at the job and at both buckets.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from runtime.common import job_metrics, tracing
from runtime.common.delivery import Delivery, HandBack
from runtime.common.job import Job, ResultState
from runtime.common.jobs import ResultStates, StateChanged
from runtime.common.log import bound, get_logger
from runtime.common.messages import JobResult, ResultMoved, SurplusCopies
from runtime.common.objects import ObjectMissing
from runtime.common.queues import Queue
from runtime.common.restore_events import RestoreCompleted
from runtime.common.retention_rule import RetentionRule
from runtime.common.topics import Topic
from runtime.common.users import Role, UserStore
from runtime.retention.files import ResultFiles
from runtime.retention.requester import MORE_SECONDS
from runtime.retention.retrieval import Progress, Retrieval
from runtime.retention.timer import RetentionTimer

COMPLETED = "ObjectRestore:Completed"

_KEY = re.compile(r"users/(?P<user_id>[A-Za-z0-9-]{1,64})/(?P<job_id>[A-Za-z0-9-]{1,64})/[^/]+")

log = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class BringBackHandler:
    """Brings restored results back.

    Args:
        retrieval: what S3 says of a restore.
        timer: of results that will be archived.
        surplus_copies: hears of jobs that may have more copies of their result than they need.
        moves: hears of every result that is back.
    """

    states: ResultStates
    users: UserStore
    retrieval: Retrieval
    files: ResultFiles
    rule: RetentionRule
    timer: RetentionTimer
    surplus_copies: Queue
    moves: Topic
    clock: Callable[[], float] = time.time

    def __call__(self, message: RestoreCompleted, delivery: Delivery) -> None:
        """See to one message of restore_completed; S3's test event asks for nothing.

        Raises:
            HandBack: the process is to end, or the job changed meanwhile.
        """
        for record in message.records:
            if not record.event_name.removeprefix("s3:").startswith(COMPLETED):
                log.info("an event of another kind", event_name=record.event_name)
            elif found := _KEY.fullmatch(record.key):
                with (
                    bound(job_id=found["job_id"], user_id=found["user_id"]),
                    tracing.span("bring back"),
                ):
                    self._see_to(found["user_id"], found["job_id"], delivery)
            else:
                log.error("not the key of a result", key=record.key)

    def _see_to(self, user_id: str, job_id: str, delivery: Delivery) -> None:
        job = self.states.get(job_id)
        if job is None:
            log.info("the job is gone")
            # What a restore that was cut off may have left.
            self._clean_up(user_id, job_id)
        elif job.result_state is ResultState.AVAILABLE:
            self._finish(job)
        else:
            self._bring_back(job, delivery)

    def _bring_back(self, job: Job, delivery: Delivery) -> None:
        with self._unless_changed(job):
            vcf = self.retrieval.head(job)
        progress = self.retrieval.progress(vcf)
        if progress is not Progress.READABLE:
            self._not_readable(job, progress)
            return
        if job.result_state is ResultState.ARCHIVED:
            owner = self.users.get(job.user_id)
            if owner is None or owner.role is not Role.PREMIUM_USER:
                log.info("old news: the result is archived again")
                self._clean_up(job.user_id, job.job_id)
                return
            with self._unless_changed(job):
                job = self.states.restoring(job, due=int(self.clock()) + MORE_SECONDS)
        with self._unless_changed(job):
            self.files.copy_back(job, vcf, delivery.check_cancelled)
        with self._unless_changed(job):
            back = self.states.available(job)
        log.info("the result is back")
        if job.restore_asked_time is not None:
            waited = self.clock() - job.restore_asked_time
            job_metrics.result_restored(duration_seconds=waited)
        self._finish(back)

    @contextmanager
    def _unless_changed(self, job: Job) -> Iterator[None]:
        """Hand the message back when another instance has changed the job, or brought it back.

        The job may even be archived again. Copies that were made here are surplus then, and the
        message doesn't come again when that instance has finished with it.
        """
        try:
            yield
        except (ObjectMissing, StateChanged) as error:
            if isinstance(error, ObjectMissing) and self.states.still_holds(job):
                raise
            self._clean_up(job.user_id, job.job_id)
            raise HandBack(1, "the job changed meanwhile") from None

    def _not_readable(self, job: Job, progress: Progress) -> None:
        """Handle an event of a restore that isn't done: late, or the restored copy has expired."""
        if job.result_state is ResultState.RESTORING and progress is Progress.NOT_REQUESTED:
            log.warning("the restored copy has expired, requesting it again")
            requested = self.retrieval.request(job)
            with self._unless_changed(job):
                self.states.extend_deadline(job, due=requested.due)
        else:
            log.info("not readable, S3 will tell", progress=progress.name)
            if job.result_state is ResultState.ARCHIVED:
                self._clean_up(job.user_id, job.job_id)

    def _finish(self, job: Job) -> None:
        """Do what follows the write of AVAILABLE; doing it again does no harm."""
        self._clean_up(job.user_id, job.job_id)
        if job.restore_time is not None:
            self.moves.publish(ResultMoved.restored(job), of_user=job.user_id)
        owner = self.users.get(job.user_id)
        due = None if owner is None else self.rule.due(job, owner)
        if due is not None:
            self.timer.set([(JobResult.of(job), due)])
            log.info("the owner is Free again, the result will be archived", due=due)

    def _clean_up(self, user_id: str, job_id: str) -> None:
        self.surplus_copies.send(SurplusCopies(user_id=user_id, job_id=job_id))
