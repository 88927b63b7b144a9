"""Users, jobs that end, the queue of notify, and the emails: all of it on the emulator."""

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runtime.common.delivery import HandBack
from runtime.common.job import Job
from runtime.common.jobs import ResultStates
from runtime.common.mail import Email
from runtime.common.mail_choices import MailChoices
from runtime.common.messages import JobResult, Message, ResultMoved, parse_notify_message
from runtime.common.owned_items import OwnedItems
from runtime.common.queues import Queue
from runtime.common.retention_rule import RetentionRule
from runtime.common.users import Role, User, UserStore
from runtime.notify.digests import Digests
from runtime.notify.emails import JobMails
from runtime.notify.handler import NotifyHandler
from runtime.notify.pending import PendingMails
from tests.emulator import (
    Emulator,
    create_annotations_table,
    create_owned_items_table,
    create_users_table,
)
from tests.jobs import JobStore
from tests.unit.clock import Clock
from tests.unit.delivery import delivery
from tests.unit.queues import create_queue
from tests.unit.retention.post import Post
from tests.unit.retention.seam import Crash, Seam

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

SITE = "https://gas.example.org"
INTERVAL = 600
REDELIVERED_AFTER = 60
MOST_ROUNDS = 60


@dataclass
class Queued:
    """A message that lies in the queue until it is delivered, and may be delivered again."""

    body: str
    due: float


@dataclass
class Outgoing:
    """Takes emails in the place of `Mailer`, with a moment before and after each."""

    seam: Seam
    sent: list[tuple[str, Email]] = field(default_factory=list)

    def send(self, *, to: str, email: Email) -> None:
        """Take an email."""
        self.seam._tell("before SendEmail")
        self.sent.append((to, email))
        self.seam._tell("after SendEmail")


class World:
    """One stage's worth of notify. What handlers do is watched by `seam`."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator, self.clock, self.seam, self.post = emulator, Clock(), Seam(), Post()
        name = uuid.uuid4().hex
        annotations = create_annotations_table(emulator, f"annotations-{name}")
        users = create_users_table(emulator, f"users-{name}")
        owned_items = create_owned_items_table(emulator, f"owned-items-{name}")
        self.jobs = JobStore(annotations, self.clock)
        self.states = ResultStates(annotations, self.clock)
        self.users_table = users
        self.choices = MailChoices(users)
        self.outgoing = Outgoing(self.seam)
        self.queued: list[Queued] = []
        sqs = emulator.session.client("sqs", endpoint_url=emulator.endpoint_url)
        self.post.watch(sqs)  # before the seam, which may end the call after its effect
        self.seam.watch(sqs)
        queue = Queue(sqs, create_queue(emulator).url)
        tables = [self._watched(each.name) for each in (annotations, users, owned_items)]
        self.pending = PendingMails(OwnedItems(tables[2], self.clock), INTERVAL, self.clock)
        store = JobStore(tables[0], self.clock)
        mails = JobMails(self.outgoing, RetentionRule(1_800), SITE)  # type: ignore[arg-type]
        people = UserStore(tables[1], self.clock)
        self.handler = NotifyHandler(
            jobs=store,
            users=people,
            mails=mails,
            digests=Digests(
                jobs=store,
                users=people,
                mails=mails,
                pending=self.pending,
                queue=queue,
                clock=self.clock,
            ),
        )

    def user(self, **changes: Any) -> User:
        """Make a user; the password's hash, slow by design, is made by nobody."""
        user = User(
            user_id=str(uuid.uuid4()),
            email=f"{uuid.uuid4().hex}@example.org",
            name="Ada",
            password_hash="none",
            role=Role.PREMIUM_USER,
            email_verified=True,
            created_at=int(self.clock()),
        ).model_copy(update=changes)
        self.users_table.put_item(Item=user.model_dump(mode="json", exclude_none=True))
        return user

    def started(self, user: User, job_id: str, name: str = "x.vcf") -> None:
        """Have a job submitted."""
        self.jobs.submit(job_id, user.user_id, name=name)

    def ended(self, user: User, name: str = "x.vcf", *, error: str | None = None) -> Job:
        """Have a job end, and its message put into the queue."""
        job_id = str(uuid.uuid4())
        self.started(user, job_id, name)
        claim = self.jobs.claim(job_id, lease_seconds=60)
        return self._announced(
            self.jobs.complete(claim, reference_version="1.0.0")
            if error is None
            else self.jobs.fail(claim, error)
        )

    def cancelled(self, user: User) -> Job:
        """Have a job cancelled by its owner, and its message put into the queue."""
        job_id = str(uuid.uuid4())
        self.started(user, job_id)
        return self._announced(self.jobs.cancel(job_id, user.user_id))

    def archived(self, job: Job) -> Job:
        """Have a job's result archived, and the message put into the queue."""
        moved = self.states.archived(self.jobs.require(job.job_id), {"vcf": "version-1"})
        self._queue(ResultMoved.archived(moved))
        return moved

    def restored(self, job: Job) -> Job:
        """Have an archived result restored, and the message put into the queue."""
        asked = self.states.restoring(self.jobs.require(job.job_id), due=int(self.clock()) + 60)
        back = self.states.available(asked)
        self._queue(ResultMoved.restored(back))
        return back

    def _announced(self, job: Job) -> Job:
        self._queue(JobResult.of(job))
        return job

    def _queue(self, message: Message) -> None:
        self.queued.append(Queued(message.to_body(), self.clock()))

    def deliver(self, message: Queued, *, keep: bool = False) -> None:
        """Deliver a message as the polling loop does; `keep` has it delivered again."""
        try:
            self.handler(parse_notify_message(message.body), delivery())
        except HandBack as request:
            message.due = self.clock() + request.delay_seconds
        except Crash:
            message.due = self.clock() + REDELIVERED_AFTER
        else:
            if not keep and message in self.queued:
                self.queued.remove(message)
        self.collect()

    def deliver_due(self) -> None:
        """Deliver each message that is due now, once."""
        for message in [each for each in self.queued if each.due <= self.clock()]:
            self.deliver(message)

    def settle(self) -> None:
        """Deliver, and let time pass, until the queue is empty."""
        for _ in range(MOST_ROUNDS):
            self.deliver_due()
            if not self.queued:
                return
            self.clock.advance(max(0.0, min(each.due for each in self.queued) - self.clock()))
        raise AssertionError(f"never at rest: {self.queued}")

    def collect(self) -> None:
        """Take what handlers have sent to the queue."""
        now = self.clock()
        self.queued += [Queued(sent.body, now + sent.delay_seconds) for sent in self.post.take()]

    def subjects(self, user: User) -> list[str]:
        """Return the subjects of the emails to a user, the oldest first."""
        return [email.subject for email in self.mails(user)]

    def mails(self, user: User) -> list[Email]:
        """Return the emails to a user, the oldest first."""
        return [email for to, email in self.outgoing.sent if to == user.email]

    def told(self, job: Job, user: User) -> int:
        """How many emails tell of a job."""
        return sum(f"/jobs/{job.job_id}" in email.text for email in self.mails(user))

    def _watched(self, name: str) -> "Table":
        resource = self.emulator.session.resource(
            "dynamodb", endpoint_url=self.emulator.endpoint_url
        )
        self.seam.watch(resource.meta.client)
        return resource.Table(name)
