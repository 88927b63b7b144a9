"""What the users table knows of a user's subscription, and the role that follows from it.

Stripe is right about subscriptions; this is what was read there last. Role and record change in one
conditional write: its version says that nobody wrote since the reading began, so that of two
readings of Stripe the later one wins, in whatever order events arrive.
"""

import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr, ConditionBase
from pydantic import BaseModel, ConfigDict

from runtime.common import items
from runtime.common.items import ConditionFailed
from runtime.common.once import once
from runtime.common.users import Role

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

NOTICES = "notices"
"""Who sends them holds `notices_until`, and notes `notices_time`."""


class Notice(StrEnum):
    """What a change of a subscription is yet to be told."""

    PLAN_CHANGE = "plan_change"
    PAYMENT_FAILED = "payment_failed"
    CANCELLED = "cancelled"
    ADDRESS = "address"


class RecordChanged(Exception):
    """Somebody else wrote the record meanwhile; nothing was written."""


class SubscriptionRecord(BaseModel):
    """The part of a user's item that payments are about. Times are in epoch seconds.

    Attributes:
        subscription_status: Stripe's word for it, as it was read last.
        subscription_ends_at: when a subscription that is cancelled ends; None for one that goes on.
        billing_attempt: raised when a subscription has ended or could not be made. With it in the
            idempotency keys, a request that is repeated makes nothing twice, and a new try is new.
        billing_notices: what is yet to be told.
        billing_version: raised by every write of these attributes.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    user_id: str
    email: str
    name: str
    role: Role
    deleted_at: int | None = None
    stripe_customer_id: str | None = None
    stripe_subscription_id: str | None = None
    subscription_status: str | None = None
    subscription_ends_at: int | None = None
    billing_attempt: int = 0
    billing_notices: tuple[Notice, ...] = ()
    billing_version: int = 0


class SubscriptionStore:
    """The users table, for payments.

    Args:
        table: DynamoDB table with the partition key user_id.
        clock: returns the time in epoch seconds.
    """

    def __init__(self, table: "Table", clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock

    def now(self) -> int:
        """Return the time in epoch seconds."""
        return int(self._clock())

    def get(self, user_id: str) -> SubscriptionRecord | None:
        """Read a user's record consistently; None when there is no such user."""
        item = self._table.get_item(Key={"user_id": user_id}, ConsistentRead=True).get("Item")
        if item is None or "email" not in item:
            return None
        return SubscriptionRecord.model_validate(item)

    def change(self, record: SubscriptionRecord, changes: Mapping[str, Any]) -> SubscriptionRecord:
        """Write `changes` over `record`, and return what it is then. None removes an attribute.

        A new role is dated. New notices are yet to be sent, whoever is sending others now.

        Raises:
            RecordChanged: it isn't any more what was read.
        """
        wanted = dict(changes)
        if wanted.get("role", record.role) != record.role:
            wanted["role_since"] = self.now()
        if wanted.get("billing_notices"):
            wanted |= {f"{NOTICES}_time": None, f"{NOTICES}_until": None}
        return self._write(record, wanted)

    def notify_once(
        self, record: SubscriptionRecord, notify: Callable[[], object]
    ) -> SubscriptionRecord:
        """Call `notify`, which sends the record's notices, unless they were sent; drop them.

        Raises:
            Busy: somebody else is sending them.
            RecordChanged: the record isn't any more what was read.
        """
        as_read = at_version(record.billing_version)
        key = {"user_id": record.user_id}
        once(self._table, key, NOTICES, notify, now=self.now(), only_if=as_read)
        return self.change(record, {"billing_notices": None})

    def next_attempt(self, record: SubscriptionRecord) -> SubscriptionRecord:
        """Let the next try be a new one for Stripe, after one that was refused for good.

        Raises:
            RecordChanged: it isn't any more what was read.
        """
        return self._write(record, {"billing_attempt": record.billing_attempt + 1})

    def _write(self, record: SubscriptionRecord, changes: Mapping[str, Any]) -> SubscriptionRecord:
        set_ = {name: _stored(value) for name, value in changes.items() if value is not None}
        try:
            item = items.update(
                self._table,
                {"user_id": record.user_id},
                condition=Attr("email").exists() & at_version(record.billing_version),
                set_={**set_, "billing_version": record.billing_version + 1},
                remove=tuple(name for name, value in changes.items() if value is None),
            )
        except ConditionFailed as refusal:
            raise RecordChanged(f"the record of {record.user_id} has changed") from refusal
        return SubscriptionRecord.model_validate(item)


def changes_with_address(record: SubscriptionRecord) -> dict[str, Any]:
    """Return what a change of the user's email address changes here. None removes an attribute.

    The customer at Stripe is yet to get the address. If its making is in doubt, the next try is a
    new one: Stripe refuses a repeated request that says something else.
    """
    changes: dict[str, Any] = {"billing_version": record.billing_version + 1}
    if record.stripe_customer_id is None:
        return changes | {"billing_attempt": record.billing_attempt + 1}
    notices = dict.fromkeys((*record.billing_notices, Notice.ADDRESS))
    unsent = {f"{NOTICES}_time": None, f"{NOTICES}_until": None}
    return changes | unsent | {"billing_notices": list(notices)}


def at_version(version: int) -> ConditionBase:
    """The condition that a record has this version."""
    at = Attr("billing_version")
    return at.eq(version) if version else at.not_exists()


def _stored(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
