"""The signature of what a webhook gets, by Stripe's scheme.

https://docs.stripe.com/webhooks#verify-manually
"""

import hashlib
import hmac

HEADER = "GAS-Signature"

TOLERANCE_SECONDS = 300
"""A receiver refuses what was signed longer ago, so that a copy of a request can't be replayed."""


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Return the value of the header: HMAC-SHA256 of `<timestamp>.<body>`, in hexadecimal."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"t={timestamp},v1={digest.hexdigest()}"
