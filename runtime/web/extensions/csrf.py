"""Protection against cross-site request forgery.

Forms of a session carry the session's token. Visitors have no session to keep a token in: their
forms are accepted only from pages of this site, as the browser's headers say.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlsplit

from flask import abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect  # type: ignore[import-untyped]

__all__ = ["CSRFError", "csrf", "from_this_site"]

P = ParamSpec("P")

csrf = CSRFProtect()


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


def _host(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.casefold(), parts.netloc.casefold()
