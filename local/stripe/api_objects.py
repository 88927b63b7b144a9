"""The objects of Stripe's API as they are today, and the events that localstripe doesn't send.

https://docs.stripe.com/changelog/basil: an invoice lists its payments, and an item has the period.
https://docs.stripe.com/api/prices: a subscription has a price, which localstripe calls a plan.
"""

from collections.abc import Callable
from typing import Any

from aiohttp import web
from localstripe import resources
from localstripe.errors import UserError

Method = Callable[..., Any]


def bring_up_to_date(url: str) -> None:
    """Patch localstripe's classes.

    Args:
        url: of localstripe, for the addresses of invoices.
    """
    resources.SubscriptionItem.current_period_start = property(_period("start"))
    resources.SubscriptionItem.current_period_end = property(_period("end"))
    resources.Invoice.payments = property(_payments)
    resources.Invoice.number = property(lambda invoice: invoice.id[-8:].upper())
    resources.Invoice.hosted_invoice_url = property(
        lambda invoice: f"{url}/_config/invoices/{invoice.id}"
    )
    payment = resources.PaymentIntent
    payment.last_payment_error = property(_with_type(payment.last_payment_error.fget))
    setup = resources.SetupIntent
    setup._api_create = classmethod(_creating(setup._api_create.__func__))
    setup._attach_pm = _attaching(setup._attach_pm)
    subscription = resources.Subscription
    subscription._api_create = classmethod(_subscribing(subscription._api_create.__func__))
    subscription._update = _updating(subscription._update)
    for name in ("_update", "_on_initial_payment_success", "_on_recurring_payment_failure"):
        setattr(subscription, name, _announced(getattr(subscription, name)))


def _period(edge: str) -> Callable[[Any], int]:
    return lambda item: int(item._current_period()[edge])


def _payments(invoice: Any) -> Any:
    """The one payment of an invoice, if there was one."""
    payments = resources.List(f"/v1/invoices/{invoice.id}/payments")
    if invoice.payment_intent:
        payments._list = [_Payment(invoice.payment_intent)]
    return payments


class _Payment:
    """An entry of that list. It isn't an object of localstripe's store."""

    def __init__(self, payment_intent: str) -> None:
        self._intent = payment_intent

    def _export(self) -> dict[str, Any]:
        return {
            "id": f"inpay_{self._intent}",
            "object": "invoice_payment",
            "is_default": True,
            "payment": {"type": "payment_intent", "payment_intent": self._intent},
        }


def _with_type(original: Method) -> Method:
    """Give the error of a payment its type, as Stripe does.

    https://docs.stripe.com/api/payment_intents/object#payment_intent_object-last_payment_error
    """

    def error_of(payment: Any) -> Any:
        error = original(payment)
        if error is None:
            return None
        refused = error["code"] != "payment_intent_authentication_failure"
        return {**error, "type": "card_error" if refused else "invalid_request_error"}

    return error_of


def _creating(original: Method) -> Method:
    """Accept today's name of a parameter; require that the customer exists."""

    def create(cls: Any, **params: Any) -> Any:
        if "customer" in params:
            resources.Customer._api_retrieve(params["customer"])
        if "allowed_payment_method_types" in params:
            params["payment_method_types"] = params.pop("allowed_payment_method_types")
        return original(cls, **params)

    return create


def _subscribing(original: Method) -> Method:
    """Accept a price, which localstripe calls a plan."""

    def create(cls: Any, **params: Any) -> Any:
        items = [{"plan": item.pop("price", None), **item} for item in params.pop("items", [])]
        return original(cls, items=items, **params)

    return create


def _attaching(original: Method) -> Method:
    """Attach the card to the customer; report a declined card as a card error."""

    def attach(intent: Any, method: Any) -> None:
        try:
            original(intent, method)
        except UserError as refusal:
            refusal.body["error"]["type"] = "card_error"
            raise
        method.customer = intent.customer

    return attach


def _updating(original: Method) -> Method:
    """Accept parameters that localstripe doesn't know; an empty string removes a value."""

    def update(subscription: Any, **params: Any) -> None:
        params.pop("proration_behavior", None)  # it prorates nothing
        if params.get("cancel_at") == "":
            subscription.cancel_at = params.pop("cancel_at") or None
        metadata = {**subscription.metadata, **params.pop("metadata", {})}
        subscription.metadata = {name: value for name, value in metadata.items() if value}
        original(subscription, **params)

    return update


def _announced(original: Method) -> Method:
    """Send an event when a subscription changes."""

    def change(subscription: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(subscription, *args, **kwargs)
        event = resources.Event("customer.subscription.updated", subscription)
        resources.schedule_webhook(event)
        return result

    return change


async def show_price(request: web.Request) -> web.Response:
    """Return a plan as a price: https://docs.stripe.com/api/prices/object."""
    plan = resources.Plan._api_retrieve(request.match_info["id"])
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
