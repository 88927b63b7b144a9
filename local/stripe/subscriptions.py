"""Subscriptions: how time passes, and no second cancellation. localstripe has neither.

At Stripe, tests move time with a test clock: https://docs.stripe.com/billing/testing/test-clocks.
"""

import re
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from localstripe import resources

from local.stripe.deleted_customers import ENDED

SUBSCRIPTION = re.compile(r"^/v1/subscriptions/(?P<id>sub_\w+)$")


@web.middleware
async def cancel_once(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 404 to the cancellation of a subscription that has already ended, as Stripe does."""
    found = SUBSCRIPTION.match(request.path)
    if found is None or request.method != "DELETE":
        return await handler(request)
    subscription = resources.store.get(f"subscription:{found['id']}")
    if subscription is None or subscription.status not in ENDED:
        return await handler(request)
    error = {
        "type": "invalid_request_error",
        "code": "resource_missing",
        "param": "id",
        "message": f"No such subscription: '{found['id']}'",
    }
    return web.json_response({"error": error}, status=404)


async def end_period(request: web.Request) -> web.Response:
    """Move time to the end of a subscription's period: it is renewed and charged, or it ends."""
    subscription = resources.Subscription._api_retrieve(request.match_info["id"])
    if subscription.cancel_at_period_end or subscription.cancel_at:
        return _cancelled(subscription)
    subscription.start_date = subscription.current_period_end
    subscription._create_invoice()
    invoice = resources.Invoice._api_retrieve(subscription.latest_invoice)
    if invoice.status != "paid":
        if subscription.status == "active":
            subscription._on_recurring_payment_failure(invoice)
        resources.schedule_webhook(resources.Event("invoice.payment_failed", invoice))
    return web.json_response(subscription._export())


async def reach_cancel_at(request: web.Request) -> web.Response:
    """Move time to a subscription's `cancel_at`, whatever its period."""
    subscription = resources.Subscription._api_retrieve(request.match_info["id"])
    if not subscription.cancel_at:
        return web.json_response({"error": "it has no cancel_at"}, status=409)
    return _cancelled(subscription)


def _cancelled(subscription: Any) -> web.Response:
    cancelled = resources.Subscription._api_delete(subscription.id)
    return web.json_response(cancelled._export())
