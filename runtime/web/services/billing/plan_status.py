"""The status of a user's plan, in the few terms that pages need."""

from dataclasses import dataclass
from enum import StrEnum

import stripe

from runtime.common.subscriptions import SubscriptionRecord
from runtime.common.users import Role
from runtime.web.services.billing.billing_errors import sentence

ENDED = frozenset({"canceled", "incomplete_expired"})
PAID = frozenset({"active", "trialing"})
"""Statuses of a subscription: https://docs.stripe.com/api/subscriptions/object#subscription_object-status"""

NOT_CONFIRMED = "Your bank didn't confirm the payment."


class PlanState(StrEnum):
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
class PlanStatus:
    """A user's plan now. Times are in epoch seconds.

    Attributes:
        renews_at: when it is charged next, or when the paid period ends.
        ends_at: when it ends; None for one that continues.
        client_secret: for Stripe.js, of a payment that the user must confirm.
        refusal: a sentence about the last payment, if the card or its bank refused it.
        in_sync: whether the user's record says what Stripe says, and all notices were sent.
    """

    state: PlanState
    in_sync: bool = True
    renews_at: int | None = None
    ends_at: int | None = None
    client_secret: str | None = None
    refusal: str | None = None

    @property
    def is_subscribed(self) -> bool:
        """Whether there is a subscription to cancel or resume."""
        return self.state in (PlanState.PREMIUM, PlanState.ENDING, PlanState.PAST_DUE)


def role_of(subscription: stripe.Subscription) -> Role:
    """Return the role of a subscription: Premium while it is paid, or in its grace period."""
    premium = subscription.status in PAID or subscription.status == "past_due"
    return Role.PREMIUM_USER if premium else Role.FREE_USER


def ends_at(subscription: stripe.Subscription) -> int | None:
    """Return when a subscription ends, if it was cancelled."""
    if subscription.cancel_at_period_end:
        return period_end(subscription)
    return subscription.cancel_at


def period_start(subscription: stripe.Subscription) -> int:
    """Return when the current period began: the time of the last renewal."""
    return min(int(item["current_period_start"]) for item in subscription["items"]["data"])


def period_end(subscription: stripe.Subscription) -> int:
    """Return when the current period ends."""
    return max(int(item["current_period_end"]) for item in subscription["items"]["data"])


def payment_of(invoice: stripe.Invoice) -> stripe.PaymentIntent | None:
    """Return the payment of an invoice that was read with its payments expanded.

    Stripe creates one when the invoice is finalized, and tries every card on it. Payments by other
    means are listed with it. https://docs.stripe.com/api/invoice-payment/object
    """
    payments = invoice.payments.data if invoice.payments else []
    ours = sorted(payments, key=lambda payment: not payment.is_default)
    intents = [payment.payment.payment_intent for payment in ours]
    return next((one for one in intents if isinstance(one, stripe.PaymentIntent)), None)


def plan_status_of(
    record: SubscriptionRecord,
    subscription: stripe.Subscription | None,
    payment: stripe.PaymentIntent | None = None,
) -> PlanStatus:
    """Return the status of a user's plan.

    Args:
        subscription: the user's, as Stripe has it now.
        payment: the last payment of a subscription that isn't paid.
    """
    if subscription is None or subscription.status in ENDED:
        return _without_subscription(record, ended=subscription is not None)
    is_read = record.subscription_status == subscription.status
    in_sync = is_read and record.role == role_of(subscription) and not record.billing_notices
    state = _state(subscription, payment)
    return PlanStatus(
        state=state,
        in_sync=in_sync,
        renews_at=period_end(subscription),
        ends_at=ends_at(subscription),
        client_secret=payment.client_secret if payment and state is PlanState.CONFIRM else None,
        refusal=_refusal(payment),
    )


def _without_subscription(record: SubscriptionRecord, *, ended: bool) -> PlanStatus:
    premium = record.role is Role.PREMIUM_USER
    subscribed = ended or record.stripe_subscription_id is not None
    state = PlanState.GRANTED if premium and not subscribed else PlanState.FREE
    return PlanStatus(
        state=state,
        in_sync=not (premium and subscribed) and not record.billing_notices,
    )


def _state(subscription: stripe.Subscription, payment: stripe.PaymentIntent | None) -> PlanState:
    if subscription.status in PAID:
        return PlanState.ENDING if ends_at(subscription) else PlanState.PREMIUM
    if payment and payment.status == "requires_action":
        return PlanState.CONFIRM
    if subscription.status == "incomplete":
        declined = payment and payment.status == "requires_payment_method"
        return PlanState.DECLINED if declined else PlanState.PENDING
    return PlanState.PAST_DUE


def _refusal(payment: stripe.PaymentIntent | None) -> str | None:
    error = payment.last_payment_error if payment else None
    if error is not None and error.code == "payment_intent_authentication_failure":
        return NOT_CONFIRMED
    if error is None or error.type != "card_error" or not error.message:
        return None
    return sentence(error.message)
