"""Webhooks of accounts, and what was sent to them: items of the table `owned_items`."""

import secrets
import time
from collections.abc import Callable
from enum import StrEnum

from boto3.dynamodb.conditions import Attr, ConditionBase
from pydantic import BaseModel, ConfigDict

from runtime.common.owned_items import ItemExists, OwnedItems, of_user
from runtime.contract.dynamodb import DELIVERY_ITEM, WEBHOOK_ITEM

SHOWN_DELIVERIES = 20

DISABLED = "disabled"
"""That a webhook is off is noted in `disabled_time`, with the mail about it."""

KEPT_SECONDS = 7 * 24 * 3600
"""How long a delivery is kept after its event: longer than it is tried."""

DISABLE_SECONDS = 3 * 24 * 3600
"""A webhook that has failed for so long, without one success, is disabled."""


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Webhook(BaseModel):
    """An account's webhook. Times are in epoch seconds.

    Attributes:
        secret: signs what is sent; the process webhooks needs it as it is.
        failures: attempts that have failed since the last success.
        failing_since: when the first of them was made.
        blocked_until: nothing is sent before.
        disabled_time: nothing is sent since then; None while it is on.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    url: str
    secret: str
    created_at: int
    failures: int = 0
    failing_since: int | None = None
    blocked_until: int = 0
    disabled_time: int | None = None


class WebhookDelivery(BaseModel):
    """One event for one webhook. Times are in epoch seconds.

    Attributes:
        item_id: sorts by the time of the event.
        body: what is sent, as JSON.
        attempts: how many were made.
        due: when the next one is made, while it is pending.
        answer: what came of the last attempt, as a stranger's server wrote it.
        answered_at: when that was.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    item_id: str
    event_id: str
    event_type: str
    created_at: int
    body: str
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    due: int
    answer: str | None = None
    answered_at: int | None = None


def delivery_id(created_at: int, event_id: str) -> str:
    """Return the id of the delivery of an event; ids sort by the time of their events."""
    return f"{DELIVERY_ITEM}{created_at:012d}#{event_id}"


class Webhooks:
    """The webhooks of all accounts.

    Args:
        items: the table.
        clock: returns the time in epoch seconds.
    """

    def __init__(self, items: OwnedItems, clock: Callable[[], float] = time.time) -> None:
        self._items = items
        self._clock = clock

    def get(self, user_id: str) -> Webhook | None:
        """Return the account's webhook, if it has one."""
        item = self._items.get(of_user(user_id), WEBHOOK_ITEM)
        return None if item is None else Webhook.model_validate(item)

    def create(self, user_id: str, url: str) -> Webhook:
        """Make the account's webhook, with a new secret.

        Raises:
            ItemExists: it has one.
        """
        webhook = Webhook(
            url=url,
            secret=f"whsec_{secrets.token_urlsafe(32)}",
            created_at=int(self._clock()),
        )
        self._items.create(of_user(user_id), WEBHOOK_ITEM, webhook.model_dump(exclude_none=True))
        return webhook

    def delete(self, user_id: str) -> None:
        """Delete the account's webhook; what is still to be delivered isn't sent."""
        self._items.delete(of_user(user_id), WEBHOOK_ITEM)

    def enable(self, user_id: str) -> None:
        """Turn a disabled webhook on again, as if nothing had failed.

        Raises:
            ItemMissing: the account has none.
        """
        self._items.update(
            of_user(user_id),
            WEBHOOK_ITEM,
            set_={"failures": 0, "blocked_until": 0},
            remove=("disabled_time", "failing_since"),
        )

    def unblock(self, user_id: str) -> None:
        """Let the next attempt be made at once, though others have failed.

        Raises:
            ItemMissing: the account has none.
        """
        self._items.update(of_user(user_id), WEBHOOK_ITEM, set_={"blocked_until": 0})

    def note_success(self, user_id: str) -> None:
        """Forget the failures of a webhook that has just answered.

        Raises:
            ItemMissing: it is gone.
        """
        changes = {"failures": 0, "blocked_until": 0}
        self._items.update(of_user(user_id), WEBHOOK_ITEM, set_=changes, remove=("failing_since",))

    def note_failure(self, user_id: str, webhook: Webhook, *, blocked_until: int) -> Webhook:
        """Count a failed attempt, and send nothing before `blocked_until`.

        Raises:
            ItemMissing: it is gone, or is another one by now.
        """
        since = webhook.failing_since or int(self._clock())
        item = self._items.update(
            of_user(user_id),
            WEBHOOK_ITEM,
            set_={"failing_since": since, "blocked_until": blocked_until},
            add={"failures": 1},
            only_if=_same(webhook),
        )
        return Webhook.model_validate(item)

    def disable(self, user_id: str, webhook: Webhook, tell: Callable[[], object]) -> bool:
        """Call `tell` and turn the webhook off, unless it is off; return whether it was called.

        Raises:
            Busy: somebody else is at it.
        """
        return self._items.once(
            of_user(user_id), WEBHOOK_ITEM, DISABLED, tell, only_if=_same(webhook)
        )

    def deliveries(self, user_id: str) -> list[WebhookDelivery]:
        """Return the account's last deliveries, the newest first."""
        found = self._items.newest(of_user(user_id), DELIVERY_ITEM, SHOWN_DELIVERIES)
        return [WebhookDelivery.model_validate(item) for item in found]

    def delivery(self, user_id: str, item_id: str) -> WebhookDelivery | None:
        """Return one of the account's deliveries; None when there is none of that id."""
        if not item_id.startswith(DELIVERY_ITEM):
            return None
        item = self._items.get(of_user(user_id), item_id)
        return None if item is None else WebhookDelivery.model_validate(item)

    def add_delivery(self, user_id: str, delivery: WebhookDelivery) -> WebhookDelivery | None:
        """Keep a delivery; return it as it is kept: an event is one delivery, told of twice too.

        None when it was kept before and has expired.
        """
        kept = delivery.model_dump(mode="json", exclude_none=True, exclude={"item_id"})
        kept["expires_at"] = delivery.created_at + KEPT_SECONDS
        try:
            self._items.create(of_user(user_id), delivery.item_id, kept)
        except ItemExists:
            return self.delivery(user_id, delivery.item_id)
        return delivery

    def change_delivery(
        self, user_id: str, delivery: WebhookDelivery, **changes: object
    ) -> WebhookDelivery:
        """Change a delivery that nobody has changed since.

        Raises:
            ItemMissing: somebody has, or it is gone.
        """
        item = self._items.update(
            of_user(user_id),
            delivery.item_id,
            set_=changes,
            only_if=Attr("attempts").eq(delivery.attempts),
        )
        return WebhookDelivery.model_validate(item)


def _same(webhook: Webhook) -> ConditionBase:
    """Return the condition that it is this webhook still, and not one that was made later."""
    return Attr("created_at").eq(webhook.created_at)
