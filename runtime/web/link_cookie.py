"""The cookie with the links that a visitor has opened.

It holds what the links hold, because the server keeps only their hashes. Scripts can't read it, and
no other site's page sends it.
"""

from flask import Response, after_this_request, current_app, request

from runtime.common.shares import DAY_SECONDS, LinkToken
from runtime.web.services.sharing import LINK_DAYS

MOST_LINKS = 5
"""A cookie takes up to 4 KB; the oldest link gives way."""

_SEPARATOR = "."


def carried_links() -> list[LinkToken]:
    """Return the links that the browser carries, the newest first."""
    texts = request.cookies.get(_name(), "").split(_SEPARATOR)[:MOST_LINKS]
    return [token for text in texts if (token := LinkToken.parse(text)) is not None]


def carry_link(token: LinkToken) -> None:
    """Have the browser carry a link from this answer on."""
    others = [each for each in carried_links() if each.job_id != token.job_id]
    value = _SEPARATOR.join(map(str, [token, *others][:MOST_LINKS]))

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(
            _name(),
            value,
            max_age=max(LINK_DAYS) * DAY_SECONDS,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response


def _name() -> str:
    # The prefix makes browsers refuse the cookie from a subdomain or over plain HTTP.
    return "__Host-gas-links" if current_app.config["SESSION_COOKIE_SECURE"] else "gas-links"
