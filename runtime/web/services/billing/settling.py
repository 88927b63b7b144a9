"""The one way in which a user's role follows their subscription."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import stripe
from botocore.exceptions import BotoCoreError, ClientError

from runtime.common.log import get_logger
from runtime.common.subscriptions import RecordChanged, SubscriptionRecord, SubscriptionStore
from runtime.web.services.billing.account import StripeAccount
from runtime.web.services.billing.changes import changes_of
from runtime.web.services.billing.ending import void_unpaid
from runtime.web.services.billing.errors import asking_stripe
from runtime.web.services.billing.grace import Grace
from runtime.web.services.billing.notices import Notices
from runtime.web.services.billing.reading import Reading, read_subscription
from runtime.web.services.billing.standing import ENDED, Standing, standing_of

WAITS_SECONDS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Before each try: somebody else may be settling the same user."""

_log = get_logger(__name__)


class Unsettled(Exception):
    """Others keep changing the same user; to be tried again."""


@dataclass(frozen=True)
class Settled:
    """How the user stands, and whether everybody has been told of it."""

    standing: Standing
    told: bool


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """Reads subscriptions at Stripe, writes what follows from them, and tells who must know.

    Safe to repeat, and to run in several places at once. What was written and couldn't be told is
    told when the user is settled next.
    """

    account: StripeAccount
    store: SubscriptionStore
    notices: Notices
    grace: Grace
    sleep: Callable[[float], None] = field(default=time.sleep)

    def settle(self, user_id: str) -> Settled | None:
        """Let a user's role follow the subscription as Stripe has it now; None without a user.

        Raises:
            BillingError: Stripe doesn't say.
            Unsettled: others keep changing the same user.
        """
        last: Settled | None = None
        for seconds in WAITS_SECONDS:
            self.sleep(seconds)
            record = self.store.get(user_id)
            if record is None:
                return None
            # Stripe is asked after the record was read: an older answer can't be written later.
            reading = self._read(record)
            try:
                written = self._write(record, reading)
            except RecordChanged:
                continue
            if written is not None:
                return self._told(written, reading)
            last = Settled(_standing(record, reading), told=False)
        if last is None:
            raise Unsettled(f"user {user_id} is being settled by others")
        return last

    def _read(self, record: SubscriptionRecord) -> Reading:
        reading = read_subscription(self.account, record)
        if reading.subscription is None:
            return reading
        with asking_stripe():
            client = self.account.client()
            bounded = self.grace.bound(client, reading.subscription)
            if _is_over(record, bounded):
                void_unpaid(client, bounded)
        return replace(reading, subscription=bounded)

    def _write(self, record: SubscriptionRecord, reading: Reading) -> SubscriptionRecord | None:
        """Return the record with the notices that are ours to tell; None while others tell them."""
        changes = changes_of(record, reading)
        if changes:
            _log.info("subscription changed", user_id=record.user_id, changed=sorted(changes))
            return self.store.change(record, changes)
        return self.store.take_notices(record) if record.billing_notices else record

    def _told(self, record: SubscriptionRecord, reading: Reading) -> Settled:
        if not record.billing_notices:
            return Settled(_standing(record, reading), told=True)
        try:
            self.notices.deliver(record)
            record = self.store.change(record, {"billing_notices": None})
        except (ClientError, BotoCoreError):
            _log.exception("a change of plan is yet to be told", user_id=record.user_id)
            return Settled(_standing(record, reading), told=False)
        except RecordChanged:
            # Whoever wrote since then has the notices in hand, and tells them once more.
            return Settled(_standing(record, reading), told=True)
        return Settled(_standing(record, reading), told=True)


def _is_over(record: SubscriptionRecord, subscription: stripe.Subscription) -> bool:
    """Whether a subscription has ended, and the record doesn't say so yet."""
    known = record.stripe_subscription_id == subscription.id and record.subscription_status in ENDED
    return subscription.status in ENDED and not known


def _standing(record: SubscriptionRecord, reading: Reading) -> Standing:
    return standing_of(record, reading.subscription, reading.payment)
