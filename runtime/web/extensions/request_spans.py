"""A span for each request, where the stage has traces."""

from contextlib import ExitStack

from flask import Flask, Response, g, request

from runtime.common import tracing
from runtime.web.extensions.request_log import UNLOGGED


class RequestSpans:
    """Makes spans by the routes' rules: addresses may hold tokens, and queries what people seek.

    Registered after the request log, which clears the fields of log lines first.
    """

    def init_app(self, app: Flask) -> None:
        """Make a span around every request of `app`, but for those that aren't logged either."""
        if not tracing.on():
            return
        app.before_request(self._begin)
        app.after_request(self._answered)
        app.teardown_request(self._end)

    def _begin(self) -> None:
        if request.endpoint in UNLOGGED:
            return
        g.span = ExitStack()
        route = request.url_rule.rule if request.url_rule else ""
        g.span.enter_context(tracing.request(request.method, route))
        if job_id := (request.view_args or {}).get("job_id"):
            tracing.about_job(str(job_id))

    def _answered(self, response: Response) -> Response:
        if "span" in g:
            tracing.answered(response.status_code)
        return response

    def _end(self, _error: BaseException | None) -> None:
        if "span" in g:
            g.pop("span").close()
