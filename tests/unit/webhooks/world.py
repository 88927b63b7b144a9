"""The handler of webhooks with all its parts, one user, and a receiver."""

import json
from functools import partial
from typing import TYPE_CHECKING

from runtime.common.job import CANCELLED, Job
from runtime.common.jobs import JobTable
from runtime.common.mail import Mailer
from runtime.common.messages import (
    WebhookMessage,
    parse_webhook_message,
)
from runtime.common.owned_items import OwnedItems
from runtime.common.queues import Queue
from runtime.common.users import User, UserStore
from runtime.common.webhooks import Webhooks
from runtime.contract.job_status import FailureKind
from runtime.webhooks.events import Event
from runtime.webhooks.handler import WebhookHandler
from runtime.webhooks.post import post
from tests.emulator import Emulator
from tests.jobs import JobStore
from tests.unit.clock import Clock
from tests.unit.delivery import delivery
from tests.unit.outbox import Outbox
from tests.unit.queues import create_queue
from tests.unit.webhooks.receiver import Receiver

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


SENDER = "webhooks@example.org"
SITE = "https://gas.example.org"


class World:
    """The handler with all its parts, one user, and a receiver."""

    def __init__(
        self,
        emulator: Emulator,
        receiver: Receiver,
        annotations: "Table",
        users: "Table",
        owned: "Table",
    ) -> None:
        self.clock = Clock()
        self.receiver = receiver
        self.jobs = JobStore(annotations, self.clock)
        self.users = UserStore(users, self.clock)
        self.ada: User = self.users.create(email="ada@example.org", name="Ada", password="correct")
        self.webhooks = Webhooks(OwnedItems(owned, self.clock), self.clock)
        self.queue = create_queue(emulator)
        self.outbox = Outbox(emulator, SENDER)
        self.published: list[Event] = []
        self.handler = WebhookHandler(
            jobs=JobTable(annotations, self.clock),
            users=self.users,
            webhooks=self.webhooks,
            queue=Queue(self.queue.sqs, self.queue.url),
            publish=self.published.append,
            send=partial(post, any_address=True),
            mailer=Mailer(self.outbox.ses, SENDER),
            site_url=SITE,
            clock=self.clock,
        )

    def ended(self, job_id: str = "job-1", *, error: str | None = None) -> Job:
        """Make a job that has ended."""
        self.jobs.submit(job_id, self.ada.user_id, name="Jane Doe.vcf")
        claim = self.jobs.claim(job_id, lease_seconds=60)
        if error is None:
            return self.jobs.complete(claim, reference_version="1.0.0")
        kind = FailureKind.CANCELLED if error == CANCELLED else FailureKind.INPUT
        return self.jobs.fail(claim, error, kind=kind, has_log=False)

    def handle(self, message: WebhookMessage, *, receive_count: int = 1) -> None:
        """Deliver one message."""
        self.handler(message, delivery(receive_count=receive_count))

    def pump(self) -> list[WebhookMessage]:
        """Deliver what the queue holds now, delayed messages too; return it."""
        found = [parse_webhook_message(body) for body in self.queue.take_all()]
        for each in found:
            self.handle(each)
        return found

    def arrived(self) -> list[dict[str, object]]:
        """Return what the receiver got."""
        return [json.loads(body) for _, _, body in self.receiver.requests]
