"""Stripe's delivery of events, which localstripe tries once.

Each try is signed anew, and tries go on until one is accepted: https://docs.stripe.com/webhooks.
Stripe retries for three days, this for some minutes.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import time
from typing import Any

import httpx
from localstripe import webhooks

log = logging.getLogger(__name__)

DELAYS_SECONDS = (0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 120.0)
"""Before each try. The first delay lets the answer to the request that caused the event come first,
which is the usual order at Stripe."""

TRY_SECONDS = 30.0


async def deliver(event: Any) -> None:
    """Send one event to every endpoint that is subscribed to it."""
    payload = json.dumps(event._export(), sort_keys=True).encode()
    endpoints = [
        endpoint
        for endpoint in webhooks._webhooks.values()
        if endpoint.events is None or event.type in endpoint.events
    ]
    await asyncio.gather(*(_deliver(event.type, payload, endpoint) for endpoint in endpoints))


async def _deliver(kind: str, payload: bytes, endpoint: Any) -> None:
    for delay in DELAYS_SECONDS:
        await asyncio.sleep(delay)
        status = await _send(payload, endpoint)
        log.info("event %s: %s", kind, status)
        if status.startswith("2"):
            return
    log.warning("event %s given up", kind)


async def _send(payload: bytes, endpoint: Any) -> str:
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature(payload, endpoint.secret, int(time.time())),
    }
    try:
        async with httpx.AsyncClient(timeout=TRY_SECONDS) as http:
            answer = await http.post(endpoint.url, content=payload, headers=headers)
    except httpx.HTTPError as error:
        return f"not delivered: {error!r}"
    return str(answer.status_code)


def signature(payload: bytes, secret: str, timestamp: int) -> str:
    """Return the header Stripe-Signature: https://docs.stripe.com/webhooks/signature."""
    signed = b"%d.%s" % (timestamp, payload)
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"
