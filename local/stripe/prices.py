"""Stripe's prices, which localstripe knows by their former name: plans.

https://docs.stripe.com/api/prices/object
"""

from typing import Any

from aiohttp import web
from localstripe import resources  # type: ignore[import-untyped]


async def show(request: web.Request) -> web.Response:
    """Return a plan as the price that it is."""
    plan = resources.Plan._api_retrieve(request.match_info["id"])  # noqa: SLF001
    return web.json_response(_price_of(plan))


def _price_of(plan: Any) -> dict[str, Any]:
    return {
        "id": plan.id,
        "object": "price",
        "active": plan.active,
        "billing_scheme": plan.billing_scheme,
        "currency": plan.currency,
        "livemode": plan.livemode,
        "product": plan.product,
        "recurring": {
            "interval": plan.interval,
            "interval_count": plan.interval_count,
            "usage_type": plan.usage_type,
        },
        "type": "recurring",
        "unit_amount": plan.amount,
    }
