"""Reads customers and their subscriptions at Stripe."""

from dataclasses import dataclass

import stripe

from runtime.common.subscriptions import SubscriptionRecord
from runtime.web.services.billing.billing_errors import is_missing, translated_errors
from runtime.web.services.billing.plan_status import (
    ENDED,
    PAID,
    PlanStatus,
    payment_of,
    plan_status_of,
)
from runtime.web.services.billing.stripe_account import StripeAccount

MOST_LISTED = 100
"""The most that Stripe lists at once, newest first, so a customer's active one is among them."""


@dataclass(frozen=True)
class SubscriptionSnapshot:
    """A subscription as Stripe has it now, with the last payment of an unpaid one.

    Attributes:
        customer_gone: the customer was deleted at Stripe, with its subscriptions.
    """

    subscription: stripe.Subscription | None = None
    payment: stripe.PaymentIntent | None = None
    customer_gone: bool = False


def read_subscription(account: StripeAccount, record: SubscriptionRecord) -> SubscriptionSnapshot:
    """Ask Stripe for a user's subscription: the active one, or else the newest.

    Raises:
        BillingError: Stripe doesn't say.
    """
    if record.stripe_customer_id is None:
        return SubscriptionSnapshot()
    with translated_errors():
        client = account.client()
        try:
            subscription = _active_or_newest(client, record.stripe_customer_id)
        except stripe.InvalidRequestError as error:
            if not is_missing(error):
                raise
            return SubscriptionSnapshot(customer_gone=True)
        if subscription is None or subscription.status in PAID | ENDED:
            return SubscriptionSnapshot(subscription)
        return SubscriptionSnapshot(subscription, _last_payment(client, subscription))


def read_plan_status(account: StripeAccount, record: SubscriptionRecord) -> PlanStatus:
    """Return the status of a user's plan, without changing anything.

    Raises:
        BillingError: Stripe doesn't say.
    """
    snapshot = read_subscription(account, record)
    return plan_status_of(record, snapshot.subscription, snapshot.payment)


def retrieve_customer(
    client: stripe.StripeClient, customer: str, expand: list[str] | None = None
) -> stripe.Customer | None:
    """Return a customer; None for one that Stripe doesn't know, or that was deleted there.

    Stripe still returns deleted customers: https://docs.stripe.com/api/customers/retrieve

    Raises:
        stripe.StripeError: Stripe refused it, or doesn't answer.
    """
    try:
        read = client.v1.customers.retrieve(customer, {"expand": expand or []})
    except stripe.InvalidRequestError as error:
        if not is_missing(error):
            raise
        return None
    return None if getattr(read, "deleted", False) else read


def _active_or_newest(client: stripe.StripeClient, customer: str) -> stripe.Subscription | None:
    listed = client.v1.subscriptions.list(
        {"customer": customer, "status": "all", "limit": MOST_LISTED}
    )
    return max(listed.data, key=_rank, default=None)


def _rank(subscription: stripe.Subscription) -> tuple[bool, bool, int]:
    status = subscription.status
    return (status in PAID, status not in ENDED, subscription.created)


def _last_payment(
    client: stripe.StripeClient, subscription: stripe.Subscription
) -> stripe.PaymentIntent | None:
    if subscription.latest_invoice is None:
        return None
    invoice = client.v1.invoices.retrieve(
        str(subscription.latest_invoice), {"expand": ["payments.data.payment.payment_intent"]}
    )
    return payment_of(invoice)
