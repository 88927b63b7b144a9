"""Pages of other sites that may use the API from a browser: only those that the stage lists (CORS).

Their scripts send a token themselves. No cookie is allowed, nor looked at.
https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from flask import Response, current_app, request

METHODS = "GET, POST, DELETE"
REQUEST_HEADERS = "Authorization, Content-Type, Idempotency-Key"
EXPOSED = (
    "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, Idempotency-Replayed, "
    "WWW-Authenticate"
)
PREFLIGHT_SECONDS = 600


def allow_origin(response: Response) -> Response:
    """Let the page that asks read the answer, if the stage lists its origin."""
    origins: frozenset[str] = current_app.config["API_ORIGINS"]
    if not origins:
        return response
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin not in origins:
        return response
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = METHODS
        response.headers["Access-Control-Allow-Headers"] = REQUEST_HEADERS
        response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    return response
