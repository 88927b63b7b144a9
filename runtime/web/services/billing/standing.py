"""How a user stands with their subscription, in the few words that pages need."""

from dataclasses import dataclass
from enum import StrEnum

import stripe

from runtime.common.subscriptions import SubscriptionRecord
from runtime.common.users import Role

ENDED = frozenset({"canceled", "incomplete_expired"})
PAID = frozenset({"active", "trialing"})
"""Statuses of a subscription: https://docs.stripe.com/api/subscriptions/object#subscription_object-status"""


class State(StrEnum):
    """What the page shows."""

    FREE = "free"
    GRANTED = "granted"
    PENDING = "pending"
    CONFIRM = "confirm"
    DECLINED = "declined"
    PREMIUM = "premium"
    ENDING = "ending"
    PAST_DUE = "past_due"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A user's subscription now. Times are in epoch seconds.

    Attributes:
        renews_at: when it is charged next, or when what was paid for is over.
        ends_at: when it ends; None for one that goes on.
        client_secret: of the payment that the user must confirm, for Stripe.js.
        refusal: Stripe's sentence on the last payment.
        settled: whether the user's record says what Stripe says, and everybody was told.
    """

    state: State
    settled: bool = True
    renews_at: int | None = None
    ends_at: int | None = None
    client_secret: str | None = None
    refusal: str | None = None

    @property
    def is_subscribed(self) -> bool:
        """Whether there is a subscription that one may cancel or resume."""
        return self.state in (State.PREMIUM, State.ENDING, State.PAST_DUE)


def role_of(subscription: stripe.Subscription) -> Role:
    """Return the role that a subscription gives: Premium while it's paid for, or in its grace."""
    premium = subscription.status in PAID or subscription.status == "past_due"
    return Role.PREMIUM_USER if premium else Role.FREE_USER


def ends_at(subscription: stripe.Subscription) -> int | None:
    """Return when a subscription ends, if that is decided."""
    if subscription.cancel_at_period_end:
        return period_end(subscription)
    return subscription.cancel_at


def period_start(subscription: stripe.Subscription) -> int:
    """Return when the period began that is paid for, or should be: the time of the renewal."""
    return min(int(item["current_period_start"]) for item in subscription["items"]["data"])


def period_end(subscription: stripe.Subscription) -> int:
    """Return when the period ends."""
    return max(int(item["current_period_end"]) for item in subscription["items"]["data"])


def payment_of(invoice: stripe.Invoice) -> stripe.PaymentIntent | None:
    """Return the payment of an invoice that was read with its payments expanded.

    Stripe makes one as the invoice is finalized, and tries every card on it; what people pay by
    other ways stands beside it. https://docs.stripe.com/api/invoice-payment/object
    """
    payments = invoice.payments.data if invoice.payments else []
    ours = sorted(payments, key=lambda payment: not payment.is_default)
    intents = [payment.payment.payment_intent for payment in ours]
    return next((one for one in intents if isinstance(one, stripe.PaymentIntent)), None)


def standing_of(
    record: SubscriptionRecord,
    subscription: stripe.Subscription | None,
    payment: stripe.PaymentIntent | None = None,
) -> Standing:
    """Return how a user stands.

    Args:
        subscription: the user's, as Stripe has it now.
        payment: the last payment of a subscription that hasn't been paid for.
    """
    if subscription is None or subscription.status in ENDED:
        return _without(record, ended=subscription is not None)
    is_read = record.subscription_status == subscription.status
    settled = is_read and record.role == role_of(subscription) and not record.billing_notices
    state = _state(subscription, payment)
    return Standing(
        state=state,
        settled=settled,
        renews_at=period_end(subscription),
        ends_at=ends_at(subscription),
        client_secret=payment.client_secret if payment and state is State.CONFIRM else None,
        refusal=_refusal(payment),
    )


def _without(record: SubscriptionRecord, *, ended: bool) -> Standing:
    premium = record.role is Role.PREMIUM_USER
    subscribed = ended or record.stripe_subscription_id is not None
    state = State.GRANTED if premium and not subscribed else State.FREE
    return Standing(
        state=state,
        settled=not (premium and subscribed) and not record.billing_notices,
    )


def _state(subscription: stripe.Subscription, payment: stripe.PaymentIntent | None) -> State:
    if subscription.status in PAID:
        return State.ENDING if ends_at(subscription) else State.PREMIUM
    if payment and payment.status == "requires_action":
        return State.CONFIRM
    if subscription.status == "incomplete":
        declined = payment and payment.status == "requires_payment_method"
        return State.DECLINED if declined else State.PENDING
    return State.PAST_DUE


def _refusal(payment: stripe.PaymentIntent | None) -> str | None:
    error = payment.last_payment_error if payment else None
    return error.message if error else None
