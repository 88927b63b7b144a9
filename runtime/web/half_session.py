"""A sign-in whose first half is done: the password was right, and the code is still missing.

It is kept in the session's cookie, which is signed. It gives access to the form for the code alone.
"""

from dataclasses import dataclass

from flask import session

from runtime.common.openid_identity import OpenIdIdentity
from runtime.common.users import User
from runtime.web.context import services
from runtime.web.services.rate_limit import MINUTE

HALF_SECONDS = 10 * MINUTE
"""For so long the code may be entered."""

_KEY = "half_session"


@dataclass(frozen=True)
class HalfSession:
    """Whose password was right, the path to go to after the code, and what is linked then."""

    user: User
    target: str
    to_link: OpenIdIdentity | None


def begin_half_session(user: User, target: str, to_link: OpenIdIdentity | None = None) -> None:
    """Remember that the password was right; nothing of the session before is kept.

    Args:
        to_link: an identity that may sign in to the account once the code is right, too.
    """
    session.clear()
    until = int(services().second_factor.clock()) + HALF_SECONDS
    linked = None if to_link is None else str(to_link)
    session[_KEY] = [user.user_id, user.session_epoch, target, until, linked]


def half_session() -> HalfSession | None:
    """Return the sign-in that waits for its code; None if there is none, or it is too old.

    It is over too when something has ended the user's sessions since.
    """
    if _KEY not in session:
        return None
    user_id, epoch, target, until, linked = session[_KEY]
    user = services().users.get(user_id)
    is_over = until <= services().second_factor.clock()
    if is_over or user is None or user.is_blocked or user.session_epoch != epoch:
        return None
    return HalfSession(user, target, OpenIdIdentity.parse(linked) if linked else None)
