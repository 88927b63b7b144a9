"""Headers that tell browsers what these pages may do: only what is named here."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from flask import Flask, Response, request

ONE_YEAR_SECONDS = 365 * 24 * 3600

Sources = Mapping[str, Sequence[str]]
"""What a page may use, by the policy's directive."""


class SecurityHeaders:
    """Adds the content security policy and related headers to every answer.

    Attributes:
        headers: the same for every answer.

    Args:
        upload_url: where the browser posts files; its origin is the only foreign one allowed.
        https: whether the site is served over HTTPS.
        extra: what a page may use beyond that, by its endpoint: sources by directive.
    """

    def __init__(
        self, *, upload_url: str, https: bool, extra: Mapping[str, Sources] | None = None
    ) -> None:
        self.headers = {
            "Content-Security-Policy": _policy(_origin(upload_url), {}),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }
        self._policies = {
            endpoint: _policy(_origin(upload_url), sources)
            for endpoint, sources in (extra or {}).items()
        }
        if https:
            self.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR_SECONDS}"

    def init_app(self, app: Flask) -> None:
        """Add the headers after each request; answers aren't cached unless they allow it."""
        app.after_request(self._add)

    def _add(self, response: Response) -> Response:
        response.headers.update(self.headers)
        if request.endpoint in self._policies:
            response.headers["Content-Security-Policy"] = self._policies[request.endpoint]
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def _policy(upload_origin: str, extra: Sources) -> str:
    sources = {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'", upload_origin],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
    for directive, more in extra.items():
        sources[directive] = [*sources.get(directive, []), *more]
    return "; ".join(" ".join([directive, *allowed]) for directive, allowed in sources.items())


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
