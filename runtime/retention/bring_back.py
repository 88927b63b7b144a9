"""S3 has restored an object of the archive: the result goes back to where it was.

It may be cut off anywhere and begin again, and others may do the same at the same time. A step is
safe because of the one before it:

1. the job is RESTORING; if the event came before that was written, it is written now, so that no
   archive that was cut off deletes what comes next;
2. the object is copied back, and what is derived from it is made again;
3. AVAILABLE is written, if the job is still as it was seen; the job keeps the id of the version in
   the archive;
4. that version goes, and if the owner is Free, the result's timer is set.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from runtime.common import job_metrics
from runtime.common.delivery import Delivery, HandBack
from runtime.common.job import Job, ResultState
from runtime.common.jobs import JobStore
from runtime.common.log import bound, get_logger
from runtime.common.messages import JobResult, RestoreCompleted
from runtime.common.objects import Head, ObjectMissing, Objects, Version
from runtime.common.queues import Queue
from runtime.common.result_states import ResultStates, StateChanged
from runtime.common.retention import Retention
from runtime.common.users import Role, UserStore
from runtime.contract.s3 import job_prefix
from runtime.retention.requester import MORE_SECONDS
from runtime.retention.retrieval import Progress, Retrieval
from runtime.retention.timer import hop

COMPLETED = "ObjectRestore:Completed"

_KEY = re.compile(r"users/(?P<user_id>[A-Za-z0-9-]{1,64})/(?P<job_id>[A-Za-z0-9-]{1,64})/[^/]+")

log = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class ThawHandler:
    """Brings restored results back.

    Args:
        retrieval: what S3 says of a restore.
        objects: copies and deletes versions.
        derive: makes index and Parquet of a result again, beside that version of it.
        archive_queue: carries the timers of results that will be archived.
    """

    jobs: JobStore
    states: ResultStates
    users: UserStore
    retrieval: Retrieval
    objects: Objects
    results_bucket: str
    derive: Callable[[Job, Version, Callable[[], None]], None]
    retention: Retention
    archive_queue: Queue
    clock: Callable[[], float] = time.time

    def __call__(self, message: RestoreCompleted, delivery: Delivery) -> None:
        """See to one message of restore_completed; S3's test event asks for nothing.

        Raises:
            HandBack: the process is to end, or the job changed under our hands.
        """
        for record in message.records:
            if not record.event_name.removeprefix("s3:").startswith(COMPLETED):
                log.info("an event of another kind", event_name=record.event_name)
            elif found := _KEY.fullmatch(record.key):
                with bound(job_id=found["job_id"], user_id=found["user_id"]):
                    self._see_to(found["user_id"], found["job_id"], delivery)
            else:
                log.error("not the key of a result", key=record.key)

    def _see_to(self, user_id: str, job_id: str, delivery: Delivery) -> None:
        job = self.jobs.get(job_id)
        if job is None:
            self._clean_up(user_id, job_id)
        elif job.result_state is ResultState.AVAILABLE:
            self._finish(job)
        else:
            self._bring_back(job, delivery)

    def _bring_back(self, job: Job, delivery: Delivery) -> None:
        head = self._head(job)
        progress = self.retrieval.progress(head)
        if progress is not Progress.READABLE:
            self._not_readable(job, progress)
            return
        if job.result_state is ResultState.ARCHIVED:
            owner = self.users.get(job.user_id)
            if owner is None or owner.role is not Role.PREMIUM_USER:
                log.info("old news: the result is archived again")
                return
            job = self._note_restoring(job)
        copy = self._copy_back(job, head, delivery)
        self.derive(job, copy, delivery.check_cancelled)
        try:
            back = self.states.available(job)
        except StateChanged:
            log.info("somebody else was first, or the job was removed")
            self.objects.delete([copy])
            raise HandBack(1, "the job changed meanwhile") from None
        log.info("the result is back")
        if job.restore_asked_time is not None:
            waited = self.clock() - job.restore_asked_time
            job_metrics.result_restored(duration_seconds=waited)
        self._finish(back)

    def _head(self, job: Job) -> Head:
        with self._unless_changed(job):
            return self.retrieval.head(job)

    def _copy_back(self, job: Job, head: Head, delivery: Delivery) -> Version:
        with self._unless_changed(job):
            return self.objects.copy(
                head,
                self.results_bucket,
                storage_class="STANDARD",
                check_cancelled=delivery.check_cancelled,
            )

    @contextmanager
    def _unless_changed(self, job: Job) -> Iterator[None]:
        """Take a missing object for what it is when another instance has brought it back."""
        try:
            yield
        except ObjectMissing:
            if self.states.still_holds(job):
                raise
            raise HandBack(1, "the job changed meanwhile") from None

    def _note_restoring(self, job: Job) -> Job:
        try:
            return self.states.restoring(job, due=int(self.clock()) + MORE_SECONDS)
        except StateChanged:
            raise HandBack(1, "the job changed meanwhile") from None

    def _not_readable(self, job: Job, progress: Progress) -> None:
        """Handle news of a restore that is none: late, or the restored copy has expired."""
        if job.result_state is ResultState.RESTORING and progress is Progress.NOT_ASKED:
            log.warning("the restored copy has expired, asking again")
            asked = self.retrieval.ask(job)
            try:
                self.states.extend_deadline(job, due=asked.due)
            except StateChanged:
                raise HandBack(1, "the job changed meanwhile") from None
        else:
            log.info("not readable, S3 will tell", progress=progress.name)

    def _finish(self, job: Job) -> None:
        """Do what follows the write of AVAILABLE; doing it again does no harm."""
        if job.former_archive_id is not None:
            bucket, key = self.retrieval.bucket, str(job.s3_key_result_file)
            self.objects.delete([Version(bucket, key, job.former_archive_id)])
        owner = self.users.get(job.user_id)
        due = None if owner is None else self.retention.due(job, owner)
        if due is not None:
            delay = hop(due, self.clock())
            self.archive_queue.send(JobResult.of(job), delay_seconds=delay)
            log.info("the owner is Free again, the result will be archived", due=due)

    def _clean_up(self, user_id: str, job_id: str) -> None:
        """Of a job that is gone: what a restore that was cut off may have left."""
        log.info("the job is gone")
        for bucket in (self.retrieval.bucket, self.results_bucket):
            self.objects.delete(self.objects.versions(bucket, job_prefix(user_id, job_id)))
