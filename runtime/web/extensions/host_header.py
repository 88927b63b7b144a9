"""Refuses requests whose Host header names no host, before the app sees them.

Werkzeug can't build addresses for such a host, so that each page would fail, the error's too. A
host of another name is fine: the load balancer's health checks use the instance's address, and no
page is made from what this header says.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = re.compile(
    rf"(?=.{{1,260}}\Z)(?:{_LABEL}(?:\.{_LABEL})*\.?|\[[0-9A-Fa-f:.]+\])(?::\d{{1,5}})?"
)
"""Labels of up to 63 characters, or an IPv6 address, and a port.

https://www.rfc-editor.org/rfc/rfc9112#section-3.2 asks for 400 otherwise; the lengths are those of
https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4"""

_BODY = b"The Host header of this request is no host's name.\n"
_HEADERS = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Length", str(len(_BODY))),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-store"),
]


class HostHeader:
    """Looks at the Host header in front of the app."""

    def init_app(self, app: Flask) -> None:
        """Wrap `app`."""
        self._app: WSGIApplication = app.wsgi_app
        # Flask's own way: https://flask.palletsprojects.com/en/stable/api/#flask.Flask.wsgi_app
        app.wsgi_app = self  # type: ignore[method-assign]

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Let the app answer, or answer 400. HTTP/1.0 has no such header, and needs none."""
        host = environ.get("HTTP_HOST")
        if host is None or _HOST.fullmatch(host):
            return self._app(environ, start_response)
        start_response("400 Bad Request", _HEADERS)
        return [_BODY]
