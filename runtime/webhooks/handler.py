"""Events of jobs become deliveries, and deliveries become requests to webhooks.

Steps are safe because of the ones before them. A delivery is kept, then a message of its own is
sent for it. The message holds how many attempts there were, so that of two messages for a delivery
one makes the next attempt, and the other ends. A crash between a request and its note sends it
again; receivers tell by the event's id.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from runtime.common.delivery import Delivery
from runtime.common.jobs import JobTable
from runtime.common.log import bound, get_logger
from runtime.common.mail import Mailer, write_email
from runtime.common.messages import (
    DeliverWebhook,
    JobResult,
    ResultMoved,
    WebhookMessage,
    WebhookTest,
)
from runtime.common.once import Busy
from runtime.common.owned_items import ItemMissing
from runtime.common.queues import Queue
from runtime.common.users import UserStore
from runtime.common.webhooks import (
    DISABLE_SECONDS,
    DeliveryState,
    Webhook,
    WebhookDelivery,
    Webhooks,
    delivery_id,
)
from runtime.contract.sqs import MAX_DELAY_SECONDS
from runtime.webhooks.events import Event, job_ended, result_moved, test_event
from runtime.webhooks.post import Answer

BACKOFF_SECONDS = (30, 120, 600, 3600, 3 * 3600, 6 * 3600, 12 * 3600)
"""From one attempt to the next; the last one is repeated."""

log = get_logger(__name__)


def backoff(failures: int) -> int:
    """Return the seconds from the last of so many failures in a row to the next attempt."""
    return BACKOFF_SECONDS[min(failures, len(BACKOFF_SECONDS)) - 1]


@dataclass(frozen=True, kw_only=True)
class WebhookHandler:
    """Sees to the messages of the queue webhooks.

    Args:
        publish: puts an event on the stage's bus, if it has one.
        send: makes a request to a webhook.
    """

    jobs: JobTable
    users: UserStore
    webhooks: Webhooks
    queue: Queue
    publish: Callable[[Event], None]
    send: Callable[[Webhook, bytes], Answer]
    mailer: Mailer
    site_url: str
    clock: Callable[[], float] = time.time

    def __call__(self, message: WebhookMessage, received: Delivery) -> None:
        """See to one message; what is done already isn't done again."""
        with bound(user_id=message.user_id):
            if isinstance(message, DeliverWebhook):
                self._deliver(message, is_first=received.receive_count == 1)
            elif isinstance(message, WebhookTest):
                self._keep(message.user_id, test_event(message.test_id, message.asked_time))
            else:
                self._tell(message)

    def _tell(self, message: JobResult | ResultMoved) -> None:
        job = self.jobs.get(message.job_id)
        if job is None or not job.ended:
            log.info("no ended job with this id, nobody is told", job_id=message.job_id)
            return
        if isinstance(message, JobResult):
            event = job_ended(job, self.site_url)
        else:
            event = result_moved(
                job, message.move, message.result_epoch, message.moved_time, self.site_url
            )
        self._keep(job.user_id, event)
        # Last, so that a bus that refuses events keeps none from the webhook.
        self.publish(event)

    def _keep(self, user_id: str, event: Event) -> None:
        """Keep the delivery of an event and send its message, if the user has a webhook."""
        webhook = self.webhooks.get(user_id)
        if webhook is None or webhook.disabled_time is not None:
            return
        kept = self.webhooks.add_delivery(
            user_id,
            WebhookDelivery(
                item_id=delivery_id(event.created_at, event.event_id),
                event_id=event.event_id,
                event_type=event.event_type,
                created_at=event.created_at,
                body=event.body,
                due=int(self.clock()),
            ),
        )
        if kept is not None and kept.state is DeliveryState.PENDING:
            self._send_later(user_id, kept)

    def _deliver(self, message: DeliverWebhook, *, is_first: bool) -> None:
        delivery = self.webhooks.delivery(message.user_id, message.delivery_id)
        if delivery is None or delivery.state is not DeliveryState.PENDING:
            return
        webhook = self._receiver(message.user_id)
        if webhook is None:
            self._change(message.user_id, delivery, state=DeliveryState.FAILED)
            return
        if message.attempt != delivery.attempts and is_first:
            # Another message has made this attempt, and goes on. With this one too, there would be
            # one more for each press of the button that sends a delivery again.
            return
        due = max(message.due, webhook.blocked_until)
        if message.attempt != delivery.attempts or due > self.clock():
            # This attempt was noted, but the next message perhaps not sent; or it isn't time yet.
            self._send_later(message.user_id, delivery, due=due)
            return
        answer = self.send(webhook, delivery.body.encode())
        log.info("sent to a webhook", event_id=delivery.event_id, delivered=answer.delivered)
        if answer.delivered:
            self._succeeded(message.user_id, delivery, answer)
        else:
            self._failed(message.user_id, webhook, delivery, answer)

    def _receiver(self, user_id: str) -> Webhook | None:
        """Return the webhook that something may be sent to now: not that of a suspended account."""
        webhook, user = self.webhooks.get(user_id), self.users.get(user_id)
        is_off = webhook is None or webhook.disabled_time is not None
        return None if is_off or user is None or user.is_blocked else webhook

    def _succeeded(self, user_id: str, delivery: WebhookDelivery, answer: Answer) -> None:
        self._attempted(user_id, delivery, answer, state=DeliveryState.DELIVERED)
        try:
            self.webhooks.note_success(user_id)
        except ItemMissing:
            log.info("the webhook was deleted meanwhile")

    def _failed(
        self, user_id: str, webhook: Webhook, delivery: WebhookDelivery, answer: Answer
    ) -> None:
        now = int(self.clock())
        due = now + backoff(delivery.attempts + 1)
        given_up = now - delivery.created_at > DISABLE_SECONDS
        state = DeliveryState.FAILED if given_up else DeliveryState.PENDING
        noted = self._attempted(user_id, delivery, answer, state=state, due=due)
        if noted is not None and not given_up:
            self._send_later(user_id, noted)
        blocked = now + backoff(webhook.failures + 1)
        try:
            after = self.webhooks.note_failure(user_id, webhook, blocked_until=blocked)
        except ItemMissing:
            log.info("the webhook was deleted meanwhile")
            return
        lasted = now - (after.failing_since or now)
        if lasted > DISABLE_SECONDS and after.failures > len(BACKOFF_SECONDS):
            self._disable(user_id, after)

    def _disable(self, user_id: str, webhook: Webhook) -> None:
        """Turn the webhook off, with one mail however many deliveries fail at the same time."""
        user = self.users.get(user_id)
        if user is None:
            return
        email = write_email(
            "webhook_disabled",
            name=user.name,
            url=webhook.url,
            profile_url=f"{self.site_url}/profile/webhook",
        )
        # Whoever is at it may crash. Then the webhook is still on, and the next failure does it.
        with suppress(Busy):
            tell = partial(self.mailer.send, to=user.email, email=email)
            if self.webhooks.disable(user_id, webhook, tell):
                log.warning("webhook disabled")

    def _attempted(
        self, user_id: str, delivery: WebhookDelivery, answer: Answer, **changes: Any
    ) -> WebhookDelivery | None:
        return self._change(
            user_id,
            delivery,
            attempts=delivery.attempts + 1,
            answer=answer.text,
            answered_at=int(self.clock()),
            **changes,
        )

    def _change(
        self, user_id: str, delivery: WebhookDelivery, **changes: Any
    ) -> WebhookDelivery | None:
        try:
            return self.webhooks.change_delivery(user_id, delivery, **changes)
        except ItemMissing:
            log.info("another instance has made this attempt", event_id=delivery.event_id)
            return None

    def _send_later(self, user_id: str, delivery: WebhookDelivery, *, due: int = 0) -> None:
        due = max(due, delivery.due)
        message = DeliverWebhook(
            user_id=user_id, delivery_id=delivery.item_id, attempt=delivery.attempts, due=due
        )
        wait = due - int(self.clock())
        self.queue.send(message, delay_seconds=min(max(wait, 0), MAX_DELAY_SECONDS))
