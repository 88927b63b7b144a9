"""Deleted customers, which Stripe still knows and localstripe forgets.

https://docs.stripe.com/api/customers/delete: deleting a customer cancels the subscriptions; the
customer and the subscriptions can still be read.
"""

import re
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from localstripe import resources

Method = Callable[..., Any]

ENDED = ("canceled", "incomplete_expired")

CUSTOMER = re.compile(r"^/v1/customers/(?P<id>cus_\w+)$")


def remember_deleted() -> None:
    """Patch localstripe's classes."""
    customer, subscription = resources.Customer, resources.Subscription
    customer._api_delete = classmethod(_deleting(customer._api_delete.__func__))
    subscription._api_list_all = classmethod(_listing(subscription._api_list_all.__func__))


@web.middleware
async def show_deleted(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a request for a deleted customer with `deleted: true`."""
    found = CUSTOMER.match(request.path)
    if found is None or request.method != "GET" or not _is_deleted(found["id"]):
        return await handler(request)
    return web.json_response({"id": found["id"], "object": "customer", "deleted": True})


def _deleting(original: Method) -> Method:
    def delete(cls: Any, id: str) -> Any:  # noqa: A002 - localstripe's name
        deleted = original(cls, id)
        resources.store[_key(id)] = True
        for subscription in _active_subscriptions(id):
            resources.Subscription._api_delete(subscription)
        return deleted

    return delete


def _listing(original: Method) -> Method:
    """List the subscriptions of a deleted customer too; all of them are cancelled."""

    def list_all(cls: Any, url: str, customer: str | None = None, **params: Any) -> Any:
        if customer is None or not _is_deleted(customer):
            return original(cls, url, customer=customer, **params)
        listed = original(cls, url, **params)
        listed._list = [one for one in listed._list if one.customer == customer]
        return listed

    return list_all


def _active_subscriptions(customer: str) -> list[str]:
    return [
        one.id
        for key, one in list(resources.store.items())
        if key.startswith("subscription:") and one.customer == customer and one.status not in ENDED
    ]


def _is_deleted(customer: str) -> bool:
    return _key(customer) in resources.store


def _key(customer: str) -> str:
    return f"deleted_customer:{customer}"
