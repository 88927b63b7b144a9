"""Hosted invoices, refused payments, and voiding an invoice, as Stripe does them."""

import html
import re

from aiohttp import web
from aiohttp.typedefs import Handler
from localstripe import resources

PAY = re.compile(r"^/v1/invoices/(?P<id>in_\w+)/pay$")
VOID = re.compile(r"^/v1/invoices/(?P<id>in_\w+)/void$")

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Invoice {number}</title></head>
<body><h1>Invoice {number}</h1><p>{amount:.2f} {currency}, {status}.</p>
<p>The Stripe stand-in shows this page; no money moves.</p></body></html>
"""


async def show(request: web.Request) -> web.Response:
    """Show an invoice as a page."""
    invoice = resources.Invoice._api_retrieve(request.match_info["id"])
    page = PAGE.format(
        number=html.escape(invoice.number),
        amount=invoice.total / 100,
        currency=html.escape(invoice.currency.upper()),
        status=html.escape(invoice.status),
    )
    return web.Response(text=page, content_type="text/html")


@web.middleware
async def pay(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Pay an invoice; answer a failed payment with the card's error.

    https://docs.stripe.com/api/invoices/pay
    """
    found = PAY.match(request.path)
    if found is None or request.method != "POST":
        return await handler(request)
    invoice = resources.Invoice._api_pay_invoice(found["id"])
    if invoice.status == "paid":
        return web.json_response(invoice._export())
    intent = resources.PaymentIntent._api_retrieve(invoice.payment_intent)
    if intent.status == "requires_action":
        code, message = "invoice_payment_intent_requires_action", "This payment must be confirmed."
    else:
        code, message = "card_declined", intent.last_payment_error["message"]
    error = {"type": "card_error", "code": code, "message": message}
    return web.json_response({"error": error}, status=402)


@web.middleware
async def void(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Void an invoice, and leave a cancelled subscription cancelled.

    localstripe treats the invoice as the first one of a subscription that awaits its payment.
    """
    found = VOID.match(request.path)
    if found is None or request.method != "POST":
        return await handler(request)
    invoice = resources.Invoice._api_retrieve(found["id"])
    subscription = resources.Subscription._api_retrieve(invoice.subscription)
    before = subscription.status
    answer = await handler(request)
    if before == "canceled":
        subscription.status = before
    return answer
