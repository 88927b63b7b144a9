"""The grace that a subscription has after a renewal that couldn't be paid.

Its end is set at Stripe, as the time at which the subscription is cancelled: nobody here has to
wait for it, and nobody is charged for a plan that they have lost. Stripe says when it has come.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import stripe

from runtime.web.services.billing.ending import end
from runtime.web.services.billing.standing import PAID, period_start

DAY_SECONDS = 24 * 3600

MARK = "gas_grace"
"""Metadata of a subscription whose end is the end of its grace, not its owner's wish."""


@dataclass(frozen=True)
class Grace:
    """How long it is, in days from the renewal on."""

    days: int
    clock: Callable[[], float] = time.time

    def bound(
        self, client: stripe.StripeClient, subscription: stripe.Subscription
    ) -> stripe.Subscription:
        """Set the end of a subscription that isn't paid for, take it back of one that is again.

        Returns:
            The subscription as it is then.

        Raises:
            stripe.StripeError: Stripe refused it, or doesn't answer.
        """
        if subscription.status == "past_due":
            return self._limit(client, subscription)
        if subscription.status in PAID and is_graced(subscription):
            return client.v1.subscriptions.update(
                subscription.id, {"cancel_at": "", "metadata": {MARK: ""}}
            )
        return subscription

    def _limit(
        self, client: stripe.StripeClient, subscription: stripe.Subscription
    ) -> stripe.Subscription:
        if is_graced(subscription):
            return subscription
        until = period_start(subscription) + self.days * DAY_SECONDS
        if until <= self.clock():
            return end(client, subscription)
        return client.v1.subscriptions.update(
            subscription.id,
            # Nothing was paid for the days that are left, so nothing is given back for them.
            {"cancel_at": until, "proration_behavior": "none", "metadata": {MARK: str(until)}},
        )


def is_graced(subscription: stripe.Subscription) -> bool:
    """Whether a subscription's end is the end of its grace."""
    metadata = subscription.metadata
    return MARK in metadata and bool(metadata[MARK])
