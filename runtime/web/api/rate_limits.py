"""The limit of requests by one token, and the headers that say what is left of it.

https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-07
"""

from flask import Response, g
from werkzeug.exceptions import TooManyRequests

from runtime.common.api_tokens import ApiToken
from runtime.web.context import services
from runtime.web.services.rate_limit import MINUTE, Allowance, RateLimit, TooManyAttempts

REQUESTS = RateLimit("api", attempts=1200, seconds=MINUTE)
"""20 a second on average: what several processes of one pipeline need that wait for their jobs."""


def count_request(token: ApiToken) -> None:
    """Count a request of a token.

    Raises:
        TooManyRequests: it has used up this minute.
    """
    try:
        g.api_allowance = services().limiter.hit(REQUESTS, token.token_id)
    except TooManyAttempts as error:
        g.api_allowance = Allowance(REQUESTS.attempts, 0, error.retry_after)
        raise TooManyRequests(
            f"This token has sent {REQUESTS.attempts} requests within a minute. Send the next in "
            f"{error.retry_after} s, and wait for jobs with /wait instead of asking again.",
            retry_after=error.retry_after,
        ) from error


def add_headers(response: Response) -> Response:
    """Say what is left, on every answer to a token."""
    allowance: Allowance | None = g.get("api_allowance")
    if allowance is not None:
        response.headers["RateLimit-Limit"] = str(allowance.limit)
        response.headers["RateLimit-Remaining"] = str(allowance.left)
        response.headers["RateLimit-Reset"] = str(allowance.seconds)
    return response
