"""Stripe's delivery of events, which localstripe tries once.

Signed when it is sent and tried again until it is taken, as https://docs.stripe.com/webhooks says;
Stripe goes on for three days, this for some minutes.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import time
from typing import Any

import aiohttp
from localstripe import webhooks  # type: ignore[import-untyped]

log = logging.getLogger(__name__)

DELAYS_SECONDS = (0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 120.0)
"""Before each try. The first one is there because events come after the answers they belong to,
mostly."""

TRY_SECONDS = 30.0


async def deliver(event: Any) -> None:
    """Send one event to every endpoint that wants it."""
    payload = json.dumps(event._export(), sort_keys=True).encode()  # noqa: SLF001
    endpoints = [
        endpoint
        for endpoint in webhooks._webhooks.values()  # noqa: SLF001
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
    limit = aiohttp.ClientTimeout(total=TRY_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=limit) as http,
            http.post(endpoint.url, data=payload, headers=headers) as answer,
        ):
            return str(answer.status)
    except (aiohttp.ClientError, TimeoutError) as error:
        return f"not delivered: {error!r}"


def signature(payload: bytes, secret: str, timestamp: int) -> str:
    """Return the header Stripe-Signature: https://docs.stripe.com/webhooks/signature."""
    signed = b"%d.%s" % (timestamp, payload)
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"
