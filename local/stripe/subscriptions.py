"""Stripe's refusal to cancel a subscription twice, which localstripe leaves out."""

import re
from collections.abc import Awaitable, Callable

from aiohttp import web
from localstripe import resources  # type: ignore[import-untyped]

from local.stripe.deleted_customers import ENDED

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CANCEL = re.compile(r"^/v1/subscriptions/(?P<id>sub_\w+)$")


@web.middleware
async def cancel_once(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Cancel a subscription, and don't know one to cancel that has ended."""
    found = CANCEL.match(request.path)
    if found is None or request.method != "DELETE":
        return await handler(request)
    subscription = resources.store.get(f"subscription:{found['id']}")
    if subscription is None or subscription.status not in ENDED:
        return await handler(request)
    message = f"No such subscription: '{found['id']}'"
    error = {
        "type": "invalid_request_error",
        "code": "resource_missing",
        "param": "id",
        "message": message,
    }
    return web.json_response({"error": error}, status=404)
