"""Synchronizes a user's role with their subscription at Stripe. Nothing else changes roles."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import stripe
from botocore.exceptions import BotoCoreError, ClientError

from runtime.common.log import get_logger
from runtime.common.once import Busy
from runtime.common.subscriptions import RecordChanged, SubscriptionRecord, SubscriptionStore
from runtime.web.services.billing.billing_errors import BillingError, translated_errors
from runtime.web.services.billing.cancellation import void_unpaid
from runtime.web.services.billing.grace_period import GracePeriod
from runtime.web.services.billing.notices import Notices
from runtime.web.services.billing.plan_status import ENDED, PlanStatus, plan_status_of
from runtime.web.services.billing.record_changes import changes_of
from runtime.web.services.billing.stripe_account import StripeAccount
from runtime.web.services.billing.stripe_reader import SubscriptionSnapshot, read_subscription

WAITS_SECONDS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Before each attempt: another process may be synchronizing the same user."""

_log = get_logger(__name__)


class SyncConflict(Exception):
    """Other processes keep changing the same user; to be tried again."""


@dataclass(frozen=True)
class SyncResult:
    """The status of the user's plan, and whether all notices of it were sent."""

    status: PlanStatus
    notified: bool


@dataclass(frozen=True, kw_only=True)
class SubscriptionSynchronizer:
    """Reads subscriptions at Stripe, writes what follows from them, and sends the notices.

    Safe to repeat, and to run in several processes at once. Notices that couldn't be sent are sent
    when the user is synchronized next.
    """

    account: StripeAccount
    store: SubscriptionStore
    notices: Notices
    grace_period: GracePeriod
    sleep: Callable[[float], None] = field(default=time.sleep)

    def sync(self, user_id: str) -> SyncResult | None:
        """Make a user's role follow the subscription that Stripe has now; None without a user.

        Raises:
            BillingError: Stripe doesn't say.
            SyncConflict: other processes keep changing the same user.
        """
        last: SyncResult | None = None
        for seconds in WAITS_SECONDS:
            self.sleep(seconds)
            record = self.store.get(user_id)
            if record is None:
                return None
            # Stripe is asked after the record was read: an older answer can't be written later.
            snapshot = self._read(record)
            try:
                record = self._write(record, snapshot)
            except RecordChanged:
                continue
            try:
                return self._notify(record, snapshot)
            except Busy:
                last = SyncResult(_plan_status(record, snapshot), notified=False)
        if last is None:
            raise SyncConflict(f"user {user_id} is being synchronized by other processes")
        return last

    def _read(self, record: SubscriptionRecord) -> SubscriptionSnapshot:
        snapshot = read_subscription(self.account, record)
        if snapshot.subscription is None:
            return snapshot
        with translated_errors():
            client = self.account.client()
            bounded = self.grace_period.apply(client, snapshot.subscription)
            if _is_over(record, bounded):
                void_unpaid(client, bounded)
        return replace(snapshot, subscription=bounded)

    def _write(
        self, record: SubscriptionRecord, snapshot: SubscriptionSnapshot
    ) -> SubscriptionRecord:
        """Return the record as it is after the changes that the snapshot asks for."""
        changes = changes_of(record, snapshot)
        if changes:
            _log.info("subscription changed", user_id=record.user_id, changed=sorted(changes))
            return self.store.change(record, changes)
        return record

    def _notify(self, record: SubscriptionRecord, snapshot: SubscriptionSnapshot) -> SyncResult:
        """Send the record's notices. Raises Busy while another process sends them."""
        if not record.billing_notices:
            return SyncResult(_plan_status(record, snapshot), notified=True)
        try:
            record = self.store.notify_once(record, lambda: self.notices.deliver(record))
        except (ClientError, BotoCoreError, BillingError):
            _log.exception("a notice of a change couldn't be sent", user_id=record.user_id)
            return SyncResult(_plan_status(record, snapshot), notified=False)
        except RecordChanged:
            # Whoever has written since then has the notices, and sends them again.
            return SyncResult(_plan_status(record, snapshot), notified=True)
        return SyncResult(_plan_status(record, snapshot), notified=True)


def _is_over(record: SubscriptionRecord, subscription: stripe.Subscription) -> bool:
    """Whether a subscription has ended, and the record doesn't say so yet."""
    known = record.stripe_subscription_id == subscription.id and record.subscription_status in ENDED
    return subscription.status in ENDED and not known


def _plan_status(record: SubscriptionRecord, snapshot: SubscriptionSnapshot) -> PlanStatus:
    return plan_status_of(record, snapshot.subscription, snapshot.payment)
