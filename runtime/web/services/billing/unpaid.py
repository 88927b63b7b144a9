"""Invoices of a subscription that is over: nobody is to pay for what they no longer get.

Stripe stops charging for them by itself, but leaves them open, each with a page on which it can
still be paid: https://docs.stripe.com/api/subscriptions/cancel
"""

import stripe

from runtime.common.log import get_logger

PAYABLE = frozenset({"open", "uncollectible"})
"""https://docs.stripe.com/invoicing/overview#invoice-statuses"""

MOST_LISTED = 100
"""The most that Stripe lists at once; newest first. Grace lets only the newest be unpaid."""

_log = get_logger(__name__)


def void_unpaid(client: stripe.StripeClient, subscription: stripe.Subscription) -> None:
    """Void what a subscription's customer could still pay. Safe to repeat.

    Raises:
        stripe.StripeError: Stripe doesn't answer, or refuses it: one was paid at this moment.
    """
    listed = client.v1.invoices.list({"subscription": subscription.id, "limit": MOST_LISTED})
    for invoice in listed.data:
        if invoice.status in PAYABLE:
            client.v1.invoices.void_invoice(str(invoice.id))
            _log.info("invoice voided", invoice=invoice.id, subscription=subscription.id)
