"""The end of a subscription at Stripe, and of what its customer could still pay for it."""

import stripe

from runtime.common.log import get_logger
from runtime.web.services.billing.errors import unless_missing

PAYABLE = frozenset({"open", "uncollectible"})
"""https://docs.stripe.com/invoicing/overview#invoice-statuses"""

MOST_LISTED = 100
"""The most that Stripe lists at once; newest first. Grace lets only the newest be unpaid."""

_log = get_logger(__name__)


def end(client: stripe.StripeClient, subscription: stripe.Subscription) -> stripe.Subscription:
    """End a subscription at once, or find that it has ended; return it as it is then.

    Stripe doesn't know a subscription to cancel that has ended: by a request whose answer was lost,
    by a second click, or by itself. https://docs.stripe.com/api/subscriptions/cancel

    Raises:
        stripe.StripeError: Stripe refused it, or doesn't answer.
    """
    with unless_missing():
        return client.v1.subscriptions.cancel(subscription.id)
    return client.v1.subscriptions.retrieve(subscription.id)


def void_unpaid(client: stripe.StripeClient, subscription: stripe.Subscription) -> None:
    """Void what the customer of a subscription that is over could still pay. Safe to repeat.

    Stripe stops charging for it by itself, but leaves it open, with a page to pay it on; nobody is
    to pay for what they no longer get.

    Raises:
        stripe.StripeError: Stripe doesn't answer, or refuses it: one was paid at this moment.
    """
    listed = client.v1.invoices.list({"subscription": subscription.id, "limit": MOST_LISTED})
    for invoice in listed.data:
        if invoice.status in PAYABLE:
            client.v1.invoices.void_invoice(str(invoice.id))
            _log.info("invoice voided", invoice=invoice.id, subscription=subscription.id)
