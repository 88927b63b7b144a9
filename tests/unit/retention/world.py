"""The handlers of plans on a stage, and messages delivered to them."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from botocore.exceptions import ClientError

from runtime.common.job import Job, ResultState
from runtime.common.jobs import JobStore
from runtime.common.keys import result_keys
from runtime.common.messages import JobResult, PlanChange, RestoreCompleted
from runtime.common.objects import Objects, Version
from runtime.common.result_states import ResultStates
from runtime.common.retention import Retention
from runtime.common.users import User, UserStore
from runtime.retention.archive import ArchiveHandler
from runtime.retention.batch import Rounds
from runtime.retention.bring_back import ThawHandler
from runtime.retention.files import ResultFiles
from runtime.retention.requester import Asking
from runtime.retention.restore import RestoreHandler
from runtime.retention.retrieval import Progress, Retrieval
from runtime.retention.timer import Timer
from tests.platform.waiting import wait_until
from tests.unit.delivery import delivery
from tests.unit.retention.stage import ALL, DERIVED, Stage

AT_ONCE = 4


@dataclass
class World(Stage):
    """A stage at work; nothing moves but what a test delivers."""

    archived_mails: list[str] = field(default_factory=list)
    restored_mails: list[str] = field(default_factory=list)
    free_mails: list[tuple[str, int]] = field(default_factory=list)
    tier: Any = "Expedited"
    storage_class: Any = "GLACIER"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.archiver = self.new_archiver()
        self.restorer = self.new_restorer()
        self.thawer = self.new_thawer()

    def new_archiver(self) -> ArchiveHandler:
        """Return the handler as another utilities instance has it."""
        return ArchiveHandler(
            jobs=JobStore(self.watched_annotations, self.clock),
            states=ResultStates(self.watched_annotations, self.clock),
            users=UserStore(self.watched_users, self.clock),
            files=ResultFiles(
                objects=Objects(self.shared("s3")),
                results_bucket=self.results,
                archive_bucket=self.archive,
                storage_class=self.storage_class,
            ),
            retention=Retention(self.free_seconds),
            queue=self.watched_queue(self.archive_queue),
            restore_requests=self.watched_queue(self.restore_requests),
            tell=lambda job, _owner: self.archived_mails.append(job.job_id),
            clock=self.clock,
        )

    def new_restorer(self, page: int = 100) -> RestoreHandler:
        """Return the handler as another restore instance has it."""
        states = ResultStates(self.watched_annotations, self.clock)
        requests = self.watched_queue(self.restore_requests)
        return RestoreHandler(
            jobs=JobStore(self.watched_annotations, self.clock),
            users=UserStore(self.watched_users, self.clock),
            asking=Asking(
                states=states,
                retrieval=self._retrieval(),
                completed=self.watched_queue(self.restore_completed),
                clock=self.clock,
            ),
            rounds=Rounds(self.watched_ephemeral, self.clock),
            retention=Retention(self.free_seconds),
            requests=requests,
            archive_queue=self.watched_queue(self.archive_queue),
            tell_restored=lambda user: self.restored_mails.append(user.user_id),
            tell_free=lambda user, due: self.free_mails.append((user.user_id, due)),
            clock=self.clock,
            page=page,
        )

    def new_thawer(self) -> ThawHandler:
        """Return the handler as another restore instance has it."""
        client = self.shared("s3")

        def derive(job: Job, copy: Version, _tick: object) -> None:
            keys = result_keys(job.user_id, job.job_id, job.input_file_name)
            for kind in DERIVED:
                client.put_object(Bucket=copy.bucket, Key=vars(keys)[kind], Body=kind.encode())

        return ThawHandler(
            jobs=JobStore(self.watched_annotations, self.clock),
            states=ResultStates(self.watched_annotations, self.clock),
            users=UserStore(self.watched_users, self.clock),
            retrieval=self._retrieval(),
            objects=Objects(client),
            results_bucket=self.results,
            derive=derive,
            retention=Retention(self.free_seconds),
            archive_queue=self.watched_queue(self.archive_queue),
            clock=self.clock,
        )

    def _retrieval(self) -> Retrieval:
        return Retrieval(self.shared("s3"), self.archive, self.tier, self.clock)

    def archived(self, owner: User, count: int = 1) -> list[Job]:
        """Make jobs whose results are archived."""
        jobs = [self.completed(owner) for _ in range(count)]
        self.clock.advance(self.free_seconds)
        for job in jobs:
            self.archive_now(job)
        self.archived_mails.clear()
        return [self.job(job) for job in jobs]

    def throttle(self, *, every: int) -> list[str]:
        """Have S3 find that the restorer asks too often, at the first of so many requests.

        Returns:
            A list that grows by a code with each refusal.
        """
        refused: list[str] = []
        refusal: Any = {
            "Error": {"Code": "SlowDown", "Message": "Please reduce your request rate."}
        }
        turns = count()

        def refuse(**_: object) -> None:
            if next(turns) % every == 0:
                refused.append("SlowDown")
                raise ClientError(refusal, "RestoreObject")

        events = self.restorer.asking.retrieval.s3.meta.events
        events.register("before-call.s3.RestoreObject", refuse)
        return refused

    def restore_now(self, message: PlanChange) -> None:
        """Deliver a message of restore_requests."""
        self.restorer(message, delivery())

    def thaw_now(self, job: Job) -> None:
        """Deliver the news that S3 has restored the result of a job."""
        key = str(self.job(job).s3_key_result_file)
        self.thawer(RestoreCompleted.of(key), delivery())

    def pump(self, *, seconds: float = 0, until: Callable[[], bool] | None = None) -> None:
        """Deliver what the two queues of restores hold, delayed messages too, until they are empty.

        Args:
            seconds: how far the clock goes on at each round.
            until: ends it before.
        """
        for _ in range(2_000):
            bodies = self.restore_completed.take_all()
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(self._thaw, bodies))
            asked = self.restore_requests.take_all()
            for body in asked:
                self.restore_now(PlanChange.from_body(body))
            self.clock.advance(seconds)
            if until() if until else not bodies and not asked:
                return
            if not bodies:
                time.sleep(0.02)
        raise AssertionError("the queues of restores don't become empty")

    def _thaw(self, body: str) -> None:
        self.thawer(RestoreCompleted.from_body(body), delivery())

    def timer(self) -> Timer:
        """Return the prefilter of the archive queue."""
        return Timer(self.watched_queue(self.archive_queue), self.free_seconds, self.clock)

    def archive_now(self, job: Job) -> None:
        """Deliver the message about a completed job to the archive."""
        self.archiver(JobResult.of(job), delivery())

    def wait_until_readable(self, job: Job) -> None:
        """Wait until S3 has restored a result: the emulator takes a moment."""
        retrieval = self.thawer.retrieval
        self.seam.clear()
        wait_until(
            lambda: retrieval.progress(retrieval.head(self.job(job))) is Progress.READABLE,
            "S3 has restored the result",
            seconds=30,
        )

    def assert_back(self, job: Job) -> None:
        """Check that a result is back with all of its files, and nothing is left in the archive."""
        now = self.job(job)
        assert now.result_state is ResultState.AVAILABLE
        assert self.content(job) == b"the result"
        assert self.names_in_results(job) == ALL
        assert self.archive_versions(job) == []
