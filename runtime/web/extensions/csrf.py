"""Cross-site request forgery: nothing changes at the wish of another site's page.

What a session may do carries the session's token. Visitors have no session to keep a token in;
the forms that are for them are taken from pages of this site alone, by the browser's own word.
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
    """Let `view` take forms without a token, from pages of this site alone.

    Every browser says where a form comes from, by Sec-Fetch-Site or, over plain HTTP, by Origin,
    and no page can forge either. Who says nothing is refused.
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
    said = request.headers.get("Sec-Fetch-Site")
    if said is not None:
        return said == "same-origin"
    origin = request.headers.get("Origin", "")
    return _host(origin) == _host(current_app.config["SITE_URL"])


def _host(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.casefold(), parts.netloc.casefold()
