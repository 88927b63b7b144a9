"""Protection against cross-site request forgery.

Forms of a session carry the session's token. Visitors have no session to keep a token in: their
forms are accepted only from pages of this site, as the browser's headers say.
"""

import base64
import secrets
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf

__all__ = ["CSRFError", "csrf", "from_this_site"]

P = ParamSpec("P")


class MaskedCSRF(CSRFProtect):  # type: ignore[misc]  # Flask-WTF has no types
    """Flask-WTF's protection, with a token that has other bytes on each page.

    Its own begins alike on all pages of a session, so that the sizes of compressed pages could tell
    it (BREACH). Ours is a random pad, then the token XOR the pad.
    """

    def init_app(self, app: Flask) -> None:
        """Protect `app`, and give templates `csrf_token()`."""
        super().init_app(app)
        app.jinja_env.globals["csrf_token"] = masked_token
        # Flask-WTF has one of these too; the later one counts.
        app.context_processor(lambda: {"csrf_token": masked_token})

    def _get_csrf_token(self) -> str | None:
        """The token that came with the request, without its mask; None for what isn't one.

        Flask-WTF has no public way to change the token before it is checked.
        """
        return _unmask(super()._get_csrf_token() or "")


csrf = MaskedCSRF()


def masked_token() -> str:
    """Return the session's token for a page; the same on the whole page."""
    if "masked_csrf_token" not in g:
        token = generate_csrf().encode()
        pad = secrets.token_bytes(len(token))
        g.masked_csrf_token = base64.urlsafe_b64encode(pad + _xor(token, pad)).decode()
    return str(g.masked_csrf_token)


def _unmask(masked: str) -> str | None:
    try:
        both = base64.urlsafe_b64decode(masked)
        half = len(both) // 2
        return _xor(both[:half], both[half:]).decode("ascii")
    except ValueError:
        return None


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def from_this_site(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let `view` accept forms without a token, but only from pages of this site.

    Every browser says where a form comes from, by Sec-Fetch-Site or, over plain HTTP, by Origin,
    and no page can forge either. Requests with neither are refused.
    https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
    """

    @wraps(view)
    def checked(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not _is_from_this_site():
            abort(400, "This form didn't come from a page of this site. Reload it and try again.")
        return view(*args, **kwargs)

    csrf.exempt(checked)
    return checked


def _is_from_this_site() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin", "")
    return _host(origin) == _host(current_app.config["SITE_URL"])


def _host(url: str) -> tuple[str, str] | None:
    """The scheme and the host of a URL; None for what isn't one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.scheme.casefold(), parts.netloc.casefold()
