"""The handlers of plans on a stage, and messages delivered to them."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from botocore.exceptions import ClientError

from runtime.cleanup.handler import CleanupHandler
from runtime.common.delivery import HandBack
from runtime.common.job import Job, ResultState
from runtime.common.jobs import JobLists, ResultStates
from runtime.common.messages import JobResult, RestoreRequest, SurplusCopies, parse_restore_request
from runtime.common.objects import Objects
from runtime.common.restore_events import RestoreCompleted
from runtime.common.retention_rule import RetentionRule
from runtime.common.topics import Topic
from runtime.common.users import User, UserStore
from runtime.retention.archive import ArchiveHandler
from runtime.retention.batch import RestoreBatch
from runtime.retention.bring_back import BringBackHandler
from runtime.retention.files import ResultFiles
from runtime.retention.requester import RestoreRequester
from runtime.retention.restore import RestoreHandler
from runtime.retention.retrieval import Progress, Retrieval
from runtime.retention.timer import RequeueNotDue, RetentionTimer
from tests.unit.delivery import delivery
from tests.unit.retention.stage import ALL, Stage
from tests.waiting import wait_until

AT_ONCE = 4


@dataclass
class World(Stage):
    """A stage at work; nothing moves but what a test delivers."""

    restored_mails: list[str] = field(default_factory=list)
    free_mails: list[tuple[str, int]] = field(default_factory=list)
    tier: Any = "Expedited"
    storage_class: Any = "GLACIER"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.archiver = self.new_archiver()
        self.restorer = self.new_restorer()
        self.thawer = self.new_thawer()
        self.cleaner = self.new_cleaner()

    def new_archiver(self) -> ArchiveHandler:
        """Return the handler as another utilities instance has it."""
        return ArchiveHandler(
            states=ResultStates(self.watched_annotations, self.clock),
            users=UserStore(self.watched_users, self.clock),
            files=self._files(),
            storage_class=self.storage_class,
            rule=RetentionRule(self.free_seconds),
            timer=self.new_timer(),
            restore_requests=self.watched_queue(self.restore_requests),
            surplus_copies=self.watched_queue(self.surplus_copies),
            moves=self._moves(),
            clock=self.clock,
        )

    def new_restorer(self, page: int = 100) -> RestoreHandler:
        """Return the handler as another restore instance has it."""
        states = ResultStates(self.watched_annotations, self.clock)
        requests = self.watched_queue(self.restore_requests)
        return RestoreHandler(
            jobs=JobLists(self.watched_annotations, self.clock),
            users=UserStore(self.watched_users, self.clock),
            requester=RestoreRequester(
                states=states,
                retrieval=self._retrieval(),
                completed=self.watched_queue(self.restore_completed),
                clock=self.clock,
            ),
            batch=RestoreBatch(self.watched_ephemeral, self.clock),
            rule=RetentionRule(self.free_seconds),
            requests=requests,
            timer=self.new_timer(),
            tell_restored=lambda user: self.restored_mails.append(user.user_id),
            tell_free=lambda user, due: self.free_mails.append((user.user_id, due)),
            clock=self.clock,
            page=page,
        )

    def new_thawer(self) -> BringBackHandler:
        """Return the handler as another restore instance has it."""
        return BringBackHandler(
            states=ResultStates(self.watched_annotations, self.clock),
            users=UserStore(self.watched_users, self.clock),
            retrieval=self._retrieval(),
            files=self._files(),
            rule=RetentionRule(self.free_seconds),
            timer=self.new_timer(),
            surplus_copies=self.watched_queue(self.surplus_copies),
            moves=self._moves(),
            clock=self.clock,
        )

    def new_cleaner(self) -> CleanupHandler:
        """Return the handler as another removal instance has it."""
        return CleanupHandler(
            states=ResultStates(self.watched_annotations, self.clock),
            objects=Objects(self.shared("s3")),
            results_bucket=self.results,
            archive_bucket=self.archive,
            clock=self.clock,
        )

    def _moves(self) -> Topic:
        return Topic(self.shared("sns"), self.result_moves.topic.arn)

    def _files(self) -> ResultFiles:
        return ResultFiles(Objects(self.shared("s3")), self.results, self.archive)

    def _retrieval(self) -> Retrieval:
        return Retrieval(self.shared("s3"), self.archive, self.tier, self.clock)

    def archived(self, owner: User, count: int = 1) -> list[Job]:
        """Make jobs whose results are archived."""
        jobs = [self.completed(owner) for _ in range(count)]
        self.clock.advance(self.free_seconds)
        for job in jobs:
            self.archive_now(job)
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

        events = self.restorer.requester.retrieval.s3.meta.events
        events.register("before-call.s3.RestoreObject", refuse)
        return refused

    def restore_now(self, message: RestoreRequest) -> None:
        """Deliver a message of restore_requests."""
        self.restorer(message, delivery())

    def thaw_now(self, job: Job) -> None:
        """Deliver the news that S3 has restored the result of a job, and what follows from it."""
        self._until_done(lambda: self.thawer(RestoreCompleted.of(job.result_keys.vcf), delivery()))
        self.clean_up_now()

    def clean_up_now(self) -> None:
        """Deliver what the queue of surplus copies holds."""
        for body in self.surplus_copies.take():
            self.cleaner(SurplusCopies.from_body(body), delivery())

    def _until_done(self, handle: Callable[[], None]) -> None:
        """Deliver a message again for as long as it is handed back."""
        for _ in range(3):
            try:
                return handle()
            except HandBack:
                continue
        raise AssertionError("handed back again and again")

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
            self.clean_up_now()
            asked = self.restore_requests.take_all()
            for body in asked:
                self.restore_now(parse_restore_request(body))
            self.clock.advance(seconds)
            if until() if until else not bodies and not asked:
                return
            if not bodies:
                time.sleep(0.02)
        raise AssertionError("the queues of restores don't become empty")

    def _thaw(self, body: str) -> None:
        self.thawer(RestoreCompleted.from_body(body), delivery())

    def new_timer(self) -> RetentionTimer:
        """Return the timer as an instance has it."""
        return RetentionTimer(self.watched_queue(self.archive_queue), self.clock)

    def prefilter(self) -> RequeueNotDue:
        """Return the prefilter of the archive queue."""
        return RequeueNotDue(self.new_timer(), self.free_seconds)

    def archive_now(self, job: Job) -> None:
        """Deliver the message about a completed job to the archive, and what follows from it."""
        self._until_done(lambda: self.archiver(JobResult.of(job), delivery()))
        self.clean_up_now()

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
        assert self.contents(job) == {"vcf": b"the result"} | {
            name: name.encode() for name in ALL - {"vcf"}
        }
        assert self.archive_versions(job) == set()
