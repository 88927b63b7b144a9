"""Histories of users, clocks, crashes and redeliveries, through the real handlers.

Hypothesis chooses what happens next. What must always hold (docs/architecture.md lists it) is
checked after each effect of a handler and after each step; at the end every message is delivered
until none is left, and then everybody's results must be where their plan puts them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from runtime.common.delivery import HandBack
from runtime.common.messages import (
    JobResult,
    PlanChange,
    SurplusCopies,
    parse_restore_request,
)
from runtime.common.objects import ObjectMissing
from runtime.common.restore_events import RestoreCompleted
from runtime.common.users import Role
from runtime.retention.sweep import OverdueSweep
from tests.unit.delivery import delivery
from tests.unit.retention.invariants import Invariants
from tests.unit.retention.seam import Crash, crash
from tests.unit.retention.stage import RETENTION

MOST_JOBS = 2
REDELIVERED_AFTER = 60
MOST_ROUNDS = 60

WHICH = st.integers(0, 63)
"""Chooses among the messages that are due. Of one range whatever is due: that depends on when the
emulator tells of a restore, and hypothesis wants to make the same choices when it plays a history
again."""


@dataclass
class Queued:
    """A message that lies in a queue until it is delivered, and may be delivered again."""

    url: str
    body: str
    due: float


class Histories(Invariants):
    """One user's history; `world` and `ran` are set by the test."""

    ran: list[int]

    def __init__(self) -> None:
        super().__init__()
        self.queued: list[Queued] = []
        self.steps = 0

    @initialize(role=st.sampled_from(Role))
    def begin(self, role: Role) -> None:
        """A user, with a first result."""
        self.world.post.take()
        self.world.restore_completed.take()
        self.world.surplus_copies.take()
        self.owner = self.started = self.world.user(role)
        self.world.seam.after_each = self.look_after_effect
        self.told = len(self.world.restored_mails)
        self.new_result()

    @precondition(lambda self: len(self.jobs) < MOST_JOBS)
    @rule()
    def new_result(self) -> None:
        """A job completes; its message gets the first delay."""
        job = self.world.completed(self.owner)
        self.jobs.append(job)
        url = self.world.archive_queue.url
        self.queued.append(Queued(url, JobResult.of(job).to_body(), self.world.clock() + 900))

    @rule(role=st.sampled_from(Role), lost=st.booleans())
    def change_plan(self, role: Role, lost: bool) -> None:
        """The user upgrades or cancels; the web process may die before it says so, and retries."""
        self.world.change_role(self.owner.user_id, role)
        self.untold = self.untold and role is Role.PREMIUM_USER
        url, body = self.world.restore_requests.url, PlanChange(user_id=self.owner.user_id)
        for _ in range(1 if lost else 2):
            self.queued.append(Queued(url, body.to_body(), self.world.clock()))

    @rule(seconds=st.sampled_from([1, 60, 900, RETENTION, 3 * RETENTION]))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.world.clock.advance(seconds)

    @rule(which=WHICH, dies_at=st.none() | st.integers(0, 45), again=st.booleans())
    def deliver(self, which: int, dies_at: int | None, again: bool) -> None:
        """A message is delivered; its handler may die, and SQS may deliver it again in any case."""
        message = self.chosen(which)
        if message is None:
            return
        if dies_at is not None:
            self.world.seam.at_number(dies_at, crash)
        self.hand_over(message, keep=again)

    @rule(first=WHICH, second=WHICH, moment=st.integers(0, 45))
    def deliver_within(self, first: int, second: int, moment: int) -> None:
        """While one instance handles a message, another one handles another, or the same."""
        outer, inner = self.chosen(first), self.chosen(second)
        if outer is None or inner is None:
            return
        self.world.seam.at_number(moment, lambda: self.hand_over(inner, keep=inner is outer))
        self.hand_over(outer)

    @rule(which=WHICH, moment=st.integers(0, 45), role=st.sampled_from(Role))
    def change_plan_within(self, which: int, moment: int, role: Role) -> None:
        """The user upgrades or cancels while a handler is at work."""
        message = self.chosen(which)
        if message is None:
            return
        self.world.seam.at_number(moment, lambda: self.change_plan(role=role, lost=False))
        self.hand_over(message)

    @rule(which=WHICH, moment=st.integers(0, 45), role=st.sampled_from(Role))
    def sleep_within(self, which: int, moment: int, role: Role) -> None:
        """A handler sleeps; the user changes the plan meanwhile, and others do all that follows."""
        message = self.chosen(which)
        if message is None:
            return

        def meanwhile() -> None:
            self.change_plan(role=role, lost=False)
            for _ in range(3):
                self.world.clock.advance(60)
                for other in self.due():
                    self.hand_over(other)

        self.world.seam.at_number(moment, meanwhile)
        self.hand_over(message)

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        """The user deletes a job, whatever is going on with it."""
        job = data.draw(st.sampled_from(self.jobs))
        self.jobs.remove(job)
        self.removed.append(job)
        self.remove_files(job)

    @rule()
    def sweep(self) -> None:
        """The restore process looks for overdue restores."""
        queue = self.world.watched_queue(self.world.restore_requests)
        OverdueSweep(self.world.states, queue, self.world.clock)()
        self.collect()

    def teardown(self) -> None:
        """Deliver everything; then each result is where its owner's plan puts it."""
        self.world.seam.clear()
        if not hasattr(self, "owner"):
            return
        try:
            self.let_settle()
            self.assert_settled()
        finally:
            self.world.seam.after_each = None
            self.ran.append(self.steps)

    def let_settle(self) -> None:
        """Let time pass and deliver, until nothing is left to be done."""
        for _ in range(MOST_ROUNDS):
            self.world.clock.advance(900)
            self.sweep()
            if not self.queued and not self.world.states.is_any_restoring(self.owner.user_id):
                return
            for message in self.due():
                self.hand_over(message)
        raise AssertionError(f"never at rest: {self.queued}")

    def hand_over(self, message: Queued, *, keep: bool = False) -> None:
        """Deliver a message as the polling loop does; another delivery may be under way."""
        self.steps += 1
        outer, self.started = self.started, self.user()
        handlers: dict[str, Callable[[str], None]] = {
            self.world.archive_queue.url: self.handle_archive,
            self.world.restore_requests.url: lambda body: self.world.restorer(
                parse_restore_request(body), delivery()
            ),
            self.world.restore_completed.url: lambda body: self.world.thawer(
                RestoreCompleted.from_body(body), delivery()
            ),
            self.world.surplus_copies.url: lambda body: self.world.cleaner(
                SurplusCopies.from_body(body), delivery()
            ),
        }
        try:
            handlers[message.url](message.body)
        except HandBack as request:
            message.due = self.world.clock() + request.delay_seconds
        except (Crash, ObjectMissing):
            message.due = self.world.clock() + REDELIVERED_AFTER
        else:
            if not keep and message in self.queued:
                self.queued.remove(message)
        self.collect()
        self.look()
        self.started = outer

    def handle_archive(self, body: str) -> None:
        raw = {"Body": body, "ReceiptHandle": "gone"}
        for _due in self.world.prefilter()([raw]):  # type: ignore[list-item]
            self.world.archiver(JobResult.from_body(body), delivery())

    def collect(self) -> None:
        """Take what handlers have sent, and what S3 has announced."""
        now = self.world.clock()
        for sent in self.world.post.take():
            self.queued.append(Queued(sent.url, sent.body, now + sent.delay_seconds))
        queue = self.world.restore_completed
        for body in queue.take():
            # What our own handlers send to this queue is seen above already.
            if '"awsRegion"' in body:
                self.queued.append(Queued(queue.url, body, now))

    def due(self) -> list[Queued]:
        return [message for message in self.queued if message.due <= self.world.clock()]

    def chosen(self, which: int) -> Queued | None:
        """One of the messages that are due; where none is, time passes until the next one is."""
        if not self.queued:
            return None
        if not self.due():
            self.world.clock.advance(min(each.due for each in self.queued) - self.world.clock())
        due = self.due()
        return due[which % len(due)]
