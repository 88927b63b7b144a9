"""Reading a customer's subscription at Stripe."""

from dataclasses import dataclass

import stripe

from runtime.common.subscriptions import SubscriptionRecord
from runtime.web.services.billing.account import StripeAccount
from runtime.web.services.billing.errors import asking_stripe, is_missing
from runtime.web.services.billing.standing import ENDED, PAID, Standing, payment_of, standing_of

MOST_LISTED = 100
"""The most that Stripe lists at once; newest first, so a customer's live one is among them."""


@dataclass(frozen=True)
class Reading:
    """A subscription as Stripe has it now, with the last payment of one that isn't paid for.

    Attributes:
        customer_gone: the customer was deleted at Stripe, and what they had with them.
    """

    subscription: stripe.Subscription | None = None
    payment: stripe.PaymentIntent | None = None
    customer_gone: bool = False


def read_subscription(account: StripeAccount, record: SubscriptionRecord) -> Reading:
    """Ask Stripe for a user's subscription: the one that lives, or else the newest that ended.

    Raises:
        BillingError: Stripe doesn't say.
    """
    if record.stripe_customer_id is None:
        return Reading()
    with asking_stripe():
        client = account.client()
        try:
            subscription = _newest_living(client, record.stripe_customer_id)
        except stripe.InvalidRequestError as error:
            if not is_missing(error):
                raise
            return Reading(customer_gone=True)
        if subscription is None or subscription.status in PAID | ENDED:
            return Reading(subscription)
        return Reading(subscription, _last_payment(client, subscription))


def look(account: StripeAccount, record: SubscriptionRecord) -> Standing:
    """Return how a user stands, changing nothing.

    Raises:
        BillingError: Stripe doesn't say.
    """
    reading = read_subscription(account, record)
    return standing_of(record, reading.subscription, reading.payment)


def retrieve_customer(
    client: stripe.StripeClient, customer: str, expand: list[str] | None = None
) -> stripe.Customer | None:
    """Return a customer; None of one whom Stripe doesn't know, or who was deleted there.

    Stripe goes on answering for the deleted: https://docs.stripe.com/api/customers/retrieve

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


def _newest_living(client: stripe.StripeClient, customer: str) -> stripe.Subscription | None:
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
