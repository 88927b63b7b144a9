"""The grace period of a subscription after a renewal that couldn't be paid.

Its end is set at Stripe, as the time at which the subscription is cancelled: nothing here has to
wait for it, and nobody is charged for a plan that they have lost. Stripe sends an event at its end.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import stripe

from runtime.web.services.billing.cancellation import cancel_now
from runtime.web.services.billing.plan_status import PAID, period_start

DAY_SECONDS = 24 * 3600

METADATA_KEY = "gas_grace"
"""In the metadata of a subscription that ends with its grace period, and not because its owner
cancelled it."""


@dataclass(frozen=True)
class GracePeriod:
    """How long it is, in days from the renewal."""

    days: int
    clock: Callable[[], float] = time.time

    def apply(
        self, client: stripe.StripeClient, subscription: stripe.Subscription
    ) -> stripe.Subscription:
        """Set the end of an unpaid subscription; remove it from one that is paid again.

        Returns:
            The subscription as it is then.

        Raises:
            stripe.StripeError: Stripe refused it, or doesn't answer.
        """
        if subscription.status == "past_due":
            return self._set_end(client, subscription)
        if subscription.status in PAID and has_grace_period(subscription):
            return client.v1.subscriptions.update(
                subscription.id, {"cancel_at": "", "metadata": {METADATA_KEY: ""}}
            )
        return subscription

    def _set_end(
        self, client: stripe.StripeClient, subscription: stripe.Subscription
    ) -> stripe.Subscription:
        if has_grace_period(subscription):
            return subscription
        until = period_start(subscription) + self.days * DAY_SECONDS
        if until <= self.clock():
            return cancel_now(client, subscription)
        return client.v1.subscriptions.update(
            subscription.id,
            # Nothing was paid for the remaining days, so nothing is refunded for them.
            {
                "cancel_at": until,
                "proration_behavior": "none",
                "metadata": {METADATA_KEY: str(until)},
            },
        )


def has_grace_period(subscription: stripe.Subscription) -> bool:
    """Whether a subscription ends with its grace period."""
    metadata = subscription.metadata
    return METADATA_KEY in metadata and bool(metadata[METADATA_KEY])
