"""Cancels a subscription at Stripe, and voids its unpaid invoices."""

import stripe

from runtime.common.log import get_logger
from runtime.web.services.billing.billing_errors import ignore_missing

PAYABLE = frozenset({"open", "uncollectible"})
"""https://docs.stripe.com/invoicing/overview#invoice-statuses"""

MOST_LISTED = 100
"""The most that Stripe lists at once, newest first. Only the newest can be unpaid."""

_log = get_logger(__name__)


def cancel_now(
    client: stripe.StripeClient, subscription: stripe.Subscription
) -> stripe.Subscription:
    """Cancel a subscription at once, or find that it has ended; return it as it is then.

    Stripe answers 404 for one that has already ended: by a request whose answer was lost, by a
    second click, or by itself. https://docs.stripe.com/api/subscriptions/cancel

    Raises:
        stripe.StripeError: Stripe refused it, or doesn't answer.
    """
    with ignore_missing():
        return client.v1.subscriptions.cancel(subscription.id)
    return client.v1.subscriptions.retrieve(subscription.id)


def void_unpaid(client: stripe.StripeClient, subscription: stripe.Subscription) -> None:
    """Void the unpaid invoices of a subscription that has ended. Safe to repeat.

    Stripe stops charging for them, but leaves them open, with a page to pay them on. Nobody
    should pay for what they no longer get.

    Raises:
        stripe.StripeError: Stripe doesn't answer, or refuses it: one was just paid.
    """
    listed = client.v1.invoices.list({"subscription": subscription.id, "limit": MOST_LISTED})
    for invoice in listed.data:
        if invoice.status in PAYABLE:
            client.v1.invoices.void_invoice(str(invoice.id))
            _log.info("invoice voided", invoice=invoice.id, subscription=subscription.id)
