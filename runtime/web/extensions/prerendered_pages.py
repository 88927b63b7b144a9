"""Pages that are the same for every visitor: rendered when the process starts, not for a request.

They are answered in front of the app, without a session, a cookie, a token or a database call.
"""

import gzip
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask, render_template
from werkzeug.http import parse_accept_header, parse_etags

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FOR_ALL = "public, max-age=60"
"""For pages that people who are signed in see, too: proxies may cache them. A minute is long enough
to serve a crowd, and short enough for a new release."""

FOR_VISITORS = "private, no-cache"
"""For the others: revalidated each time, and sent again only when they have changed."""


_EXTENSION = "gas-prerendered-pages"


@dataclass(frozen=True)
class PrerenderedPage:
    """A page, by its template. `for_all`: whether people who are signed in see the same."""

    template: str
    for_all: bool


@dataclass(frozen=True)
class _Answer:
    """A page's bytes in one encoding, and all of the headers."""

    body: bytes
    etag: str
    headers: list[tuple[str, str]]

    @classmethod
    def of(cls, body: bytes, encoding: str | None, headers: Mapping[str, str]) -> "_Answer":
        etag = hashlib.sha256(body).hexdigest()[:20]
        own = {**headers, "ETag": f'"{etag}"', "Content-Length": str(len(body))}
        if encoding:
            own["Content-Encoding"] = encoding
        return cls(body, etag, list(own.items()))

    @property
    def unchanged(self) -> list[tuple[str, str]]:
        """Headers of the answer 304, Not Modified."""
        left_out = ("Content-Length", "Content-Encoding", "Content-Type")
        return [(name, value) for name, value in self.headers if name not in left_out]


@dataclass(frozen=True)
class _Rendered:
    plain: _Answer
    gzipped: _Answer
    for_all: bool


class PrerenderedPages:
    """Answers GET and HEAD of the pages in `pages`, by their paths."""

    def __init__(self, pages: Mapping[str, PrerenderedPage], headers: Mapping[str, str]) -> None:
        self._pages = pages
        self._headers = headers
        self._rendered: dict[str, _Rendered] = {}

    def init_app(self, app: Flask) -> None:
        """Render the pages and wrap `app`, whose routes must all be registered."""
        self.render(app)
        self._session_cookie = f"{app.config['SESSION_COOKIE_NAME']}="
        self._app: WSGIApplication = app.wsgi_app
        # Flask's own way: https://flask.palletsprojects.com/en/stable/api/#flask.Flask.wsgi_app
        app.wsgi_app = self  # type: ignore[method-assign]
        app.extensions[_EXTENSION] = self

    def render(self, app: Flask) -> None:
        """Render the pages, when what they say has changed."""
        for path, page in self._pages.items():
            with app.test_request_context(path):
                self._rendered[path] = self._render(page)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer, or let the app answer."""
        page = self._rendered.get(environ["PATH_INFO"])
        method = environ["REQUEST_METHOD"]
        if page is None or method not in ("GET", "HEAD") or not self._applies(page, environ):
            return self._app(environ, start_response)
        answer = page.gzipped if _accepts_gzip(environ) else page.plain
        if parse_etags(environ.get("HTTP_IF_NONE_MATCH")).contains_weak(answer.etag):
            start_response("304 Not Modified", answer.unchanged)
            return []
        start_response("200 OK", answer.headers)
        return [] if method == "HEAD" else [answer.body]

    def _applies(self, page: _Rendered, environ: "WSGIEnvironment") -> bool:
        return page.for_all or self._session_cookie not in environ.get("HTTP_COOKIE", "")

    def _render(self, page: PrerenderedPage) -> _Rendered:
        body = render_template(page.template).encode()
        headers = {
            **self._headers,
            "Content-Type": "text/html; charset=utf-8",
            "Cache-Control": FOR_ALL if page.for_all else FOR_VISITORS,
            "Vary": "Accept-Encoding" if page.for_all else "Accept-Encoding, Cookie",
        }
        return _Rendered(
            plain=_Answer.of(body, None, headers),
            gzipped=_Answer.of(gzip.compress(body, mtime=0), "gzip", headers),
            for_all=page.for_all,
        )


def render_again(app: Flask) -> None:
    """Render an app's pages again, when what they say has changed. Any thread may call it."""
    pages: PrerenderedPages = app.extensions[_EXTENSION]
    pages.render(app)


def _accepts_gzip(environ: "WSGIEnvironment") -> bool:
    accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
    # Parsed only when it must be: browsers send a plain list.
    return "gzip" in accepted and (";" not in accepted or parse_accept_header(accepted)["gzip"] > 0)
