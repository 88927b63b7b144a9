"""Events from Stripe's webhooks: they say that something has changed, and Stripe is asked what.

They come late, twice and in any order (https://docs.stripe.com/webhooks#best-practices). Only the
customer is read from them, so their API version doesn't matter: the attributes of `Event`, and its
subject's `id`, `customer` and `metadata`, are the same in all versions.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import stripe
from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from runtime.common.log import get_logger
from runtime.common.subscriptions import SubscriptionStore
from runtime.contract.dynamodb import STRIPE_PREFIX
from runtime.web.services.billing.billing_errors import translated_errors
from runtime.web.services.billing.stripe_account import StripeAccount
from runtime.web.services.billing.stripe_reader import retrieve_customer
from runtime.web.services.billing.subscription_sync import SubscriptionSynchronizer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

TOLERANCE_SECONDS = 300
"""How old a signature may be: https://docs.stripe.com/webhooks#replay-attacks"""

REMEMBERED_SECONDS = 35 * 24 * 3600
"""Stripe retries for days, and people may resend an event for 30 days."""

HANDLED_TYPES = ("customer.subscription.", "customer.deleted", "invoice.")
"""Beginnings of the types of events that may change a role."""

_log = get_logger(__name__)


class BadSignature(Exception):
    """The request isn't signed by Stripe, or was signed too long ago."""


class InvalidEvent(Exception):
    """Stripe has signed it, but it has no snapshot of an object: the endpoint is set up wrongly.

    Events of the API's version 2 only name their object: https://docs.stripe.com/event-destinations
    """


class EventNotProcessed(Exception):
    """The event must be sent again: not everything that follows from it could be done."""


class Outcome(StrEnum):
    """What became of an event."""

    SYNCED = "synced"
    REPEATED = "repeated"
    IGNORED = "ignored"
    UNKNOWN_CUSTOMER = "unknown customer"


_Text = Annotated[str, StringConstraints(min_length=1, max_length=255)]
"""Of Stripe's ids, which have at most 255 characters: https://docs.stripe.com/upgrades"""


class Event(BaseModel):
    """The parts of an event that are used."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: _Text
    type: str
    api_version: str | None = None
    data: dict[str, Any]

    @property
    def subject(self) -> dict[str, Any]:
        """The object that it is about, as it was when the event was created."""
        subject = self.data.get("object")
        return subject if isinstance(subject, dict) else {}

    @property
    def customer_id(self) -> str | None:
        """The customer that it is about."""
        subject = self.subject
        customer = subject.get("id") if self.type.startswith("customer.deleted") else None
        return _id(customer or subject.get("customer"))

    @property
    def user_id(self) -> str | None:
        """Our own id of the customer's user, where the object carries it."""
        metadata = self.subject.get("metadata")
        return _id(metadata.get("user_id")) if isinstance(metadata, dict) else None


def _id(value: object) -> str | None:
    """The value, if an id can look like that."""
    try:
        return _ID.validate_python(value)
    except ValidationError:
        return None


_ID: TypeAdapter[str] = TypeAdapter(_Text)


class ProcessedEvents:
    """Events whose effects have happened.

    Args:
        table: DynamoDB table with the partition key item_id, whose items expire at `expires_at`.
        clock: returns the time in epoch seconds.
    """

    def __init__(self, table: "Table", clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock

    def has(self, event_id: str) -> bool:
        """Whether an event was processed."""
        key = {"item_id": f"{STRIPE_PREFIX}{event_id}"}
        return "Item" in self._table.get_item(Key=key, ConsistentRead=True)

    def add(self, event_id: str) -> None:
        """Record that an event was processed."""
        expires_at = int(self._clock()) + REMEMBERED_SECONDS
        self._table.put_item(
            Item={"item_id": f"{STRIPE_PREFIX}{event_id}", "expires_at": expires_at}
        )


@dataclass(frozen=True)
class StripeEventHandler:
    """Handles Stripe's events."""

    account: StripeAccount
    store: SubscriptionStore
    synchronizer: SubscriptionSynchronizer
    processed: ProcessedEvents

    def handle(self, payload: bytes, signature: str | None) -> Outcome:
        """Do what follows from an event; safe to repeat.

        Raises:
            BadSignature: it isn't Stripe's.
            InvalidEvent: it is, but can't be read.
            BillingError: Stripe doesn't answer: the event must be sent again.
            EventNotProcessed, SyncConflict: the same.
        """
        event = self._verified(payload, signature)
        outcome = self._process(event)
        _log.info(
            "event",
            event_id=event.id,
            type=event.type,
            api_version=event.api_version,
            outcome=outcome,
        )
        return outcome

    def _verified(self, payload: bytes, signature: str | None) -> Event:
        secret = self.account.key_store.keys().webhook_secret
        try:
            text = payload.decode()
            stripe.WebhookSignature.verify_header(text, signature, secret, TOLERANCE_SECONDS)
        except (stripe.SignatureVerificationError, UnicodeDecodeError) as error:
            raise BadSignature(type(error).__name__) from error
        try:
            return Event.model_validate_json(text)
        except ValidationError as error:
            fields = [".".join(map(str, each["loc"])) for each in error.errors()]
            raise InvalidEvent(f"missing or malformed: {', '.join(fields)}") from error

    def _process(self, event: Event) -> Outcome:
        if not event.type.startswith(HANDLED_TYPES) or event.customer_id is None:
            return Outcome.IGNORED
        if self.processed.has(event.id):
            return Outcome.REPEATED
        user_id = self._user_of(event, event.customer_id)
        if user_id is None:
            _log.warning("event of an unknown customer", customer=event.customer_id)
            return Outcome.UNKNOWN_CUSTOMER
        synced = self.synchronizer.sync(user_id)
        if synced is not None and not synced.notified:
            raise EventNotProcessed(f"not all notices of {event.id} were sent")
        self.processed.add(event.id)
        return Outcome.SYNCED

    def _user_of(self, event: Event, customer: str) -> str | None:
        """The user with this customer; Stripe and our record must agree."""
        user_id = event.user_id or self._user_at_stripe(customer)
        record = self.store.get(user_id) if user_id else None
        if record is None or record.stripe_customer_id != customer:
            return None
        return record.user_id

    def _user_at_stripe(self, customer: str) -> str | None:
        with translated_errors():
            read = retrieve_customer(self.account.client(), customer)
        metadata = read.metadata if read else None
        return str(metadata["user_id"]) if metadata and "user_id" in metadata else None
