"""A log line per request, and an id that all lines of a request share."""

import time
import uuid

import structlog
from flask import Flask, Response, g, request

from runtime.common.log import get_logger

UNLOGGED = frozenset({"site.alive", "site.health", "static.asset"})
"""Endpoints that are requested so often that their successes would hide everything else."""

MAX_ID_LENGTH = 128
"""Characters; a load balancer's trace id has about 80, and others may send what they like."""

_log = get_logger(__name__)


class RequestLog:
    """Logs requests. The load balancer's trace id is kept when there is one."""

    def init_app(self, app: Flask) -> None:
        """Log around every request of `app`."""
        app.before_request(self._begin)
        app.after_request(self._end)

    def _begin(self) -> None:
        g.began = time.monotonic()
        given = request.headers.get("X-Amzn-Trace-Id", "")[:MAX_ID_LENGTH]
        g.request_id = given or uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    def _end(self, response: Response) -> Response:
        if request.endpoint in UNLOGGED and response.status_code < 400:
            return response
        _log.info(
            "request",
            method=request.method,
            path=_path(),
            status=response.status_code,
            milliseconds=round((time.monotonic() - g.began) * 1000, 1),
        )
        return response


def _path() -> str:
    """The path; for an emailed link, whose token gives access to an account, only its rule."""
    if request.url_rule is not None and "token" in (request.view_args or {}):
        return request.url_rule.rule
    return request.path
