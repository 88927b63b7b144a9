"""What an account can do with its webhook: make it, try it out, and send a delivery again."""

import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from runtime.common.messages import DeliverWebhook, WebhookTest
from runtime.common.owned_items import ItemExists, ItemMissing
from runtime.common.queues import Queue
from runtime.common.users import User
from runtime.common.webhook_addresses import BadAddress, parse, resolve
from runtime.common.webhooks import DeliveryState, Webhook, WebhookDelivery, Webhooks
from runtime.web.services.rate_limit import HOUR, RateLimit, RateLimiter

ASKED = RateLimit("webhook", 60, HOUR)
"""Webhooks made, tests and deliveries sent again, by account."""


@dataclass(frozen=True)
class WebhookSettings:
    """Every account's webhook, as its owner sees it.

    Args:
        any_address: allow any address: `events.any_address` of a stage.
    """

    webhooks: Webhooks
    queue: Queue
    limiter: RateLimiter
    any_address: bool
    clock: Callable[[], float] = time.time

    def get(self, user: User) -> Webhook | None:
        """Return the account's webhook, if it has one."""
        return self.webhooks.get(user.user_id)

    def deliveries(self, user: User) -> list[WebhookDelivery]:
        """Return the last deliveries, the newest first."""
        return self.webhooks.deliveries(user.user_id)

    def create(self, user: User, url: str) -> Webhook:
        """Make the account's webhook; its secret is shown this once.

        Raises:
            BadAddress: the address can't be a webhook's, or the account has a webhook.
            TooManyAttempts: it has asked too often.
        """
        self.limiter.hit(ASKED, user.user_id)
        resolve(parse(url, any_address=self.any_address), any_address=self.any_address)
        try:
            return self.webhooks.create(user.user_id, url)
        except ItemExists:
            raise BadAddress("You have a webhook already. Delete it first.") from None

    def delete(self, user: User) -> None:
        """Delete the account's webhook, if it has one."""
        self.webhooks.delete(user.user_id)

    def enable(self, user: User) -> None:
        """Turn the webhook on again, if the account has one."""
        with suppress(ItemMissing):
            self.webhooks.enable(user.user_id)

    def send_test(self, user: User) -> None:
        """Have a test event sent now, however long others have to wait after failures.

        Raises:
            TooManyAttempts: the account has asked too often.
        """
        self.limiter.hit(ASKED, user.user_id)
        self._unblock(user)
        test = WebhookTest(
            user_id=user.user_id, test_id=str(uuid.uuid4()), asked_time=int(self.clock())
        )
        self.queue.send(test)

    def redeliver(self, user: User, item_id: str) -> bool:
        """Have a delivery sent again now; False when the account has none of that id.

        Raises:
            TooManyAttempts: the account has asked too often.
        """
        self.limiter.hit(ASKED, user.user_id)
        found = self.webhooks.delivery(user.user_id, item_id)
        if found is None:
            return False
        self._unblock(user)
        now = int(self.clock())
        with suppress(ItemMissing):  # an attempt has just ended: the page shows how
            found = self.webhooks.change_delivery(
                user.user_id, found, state=DeliveryState.PENDING, due=now
            )
            message = DeliverWebhook(
                user_id=user.user_id, delivery_id=item_id, attempt=found.attempts, due=now
            )
            self.queue.send(message)
        return True

    def _unblock(self, user: User) -> None:
        with suppress(ItemMissing):  # the page says that there is no webhook
            self.webhooks.unblock(user.user_id)
