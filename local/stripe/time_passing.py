"""Stripe's passing of time, in which localstripe stands still.

Stripe's own way for tests is a test clock: https://docs.stripe.com/billing/testing/test-clocks.
"""

from typing import Any

from aiohttp import web
from localstripe import resources  # type: ignore[import-untyped]


async def end_period(request: web.Request) -> web.Response:
    """Reach the end of a subscription's period: it is renewed and charged, or ends."""
    subscription = resources.Subscription._api_retrieve(request.match_info["id"])  # noqa: SLF001
    if subscription.cancel_at_period_end or subscription.cancel_at:
        return _ended(subscription)
    subscription.start_date = subscription.current_period_end
    subscription._create_invoice()  # noqa: SLF001
    invoice = resources.Invoice._api_retrieve(subscription.latest_invoice)  # noqa: SLF001
    if invoice.status != "paid":
        if subscription.status == "active":
            subscription._on_recurring_payment_failure(invoice)  # noqa: SLF001
        resources.schedule_webhook(resources.Event("invoice.payment_failed", invoice))
    return web.json_response(subscription._export())  # noqa: SLF001


async def reach_cancel_at(request: web.Request) -> web.Response:
    """Reach the time at which a subscription is to be cancelled, whatever its period."""
    subscription = resources.Subscription._api_retrieve(request.match_info["id"])  # noqa: SLF001
    if not subscription.cancel_at:
        return web.json_response({"error": "it has no cancel_at"}, status=409)
    return _ended(subscription)


def _ended(subscription: Any) -> web.Response:
    ended = resources.Subscription._api_delete(subscription.id)  # noqa: SLF001
    return web.json_response(ended._export())  # noqa: SLF001
