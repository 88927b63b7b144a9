"""Whether the password was given lately in this session: the operator's pages need it."""

import time

from flask import session

FRESH_SECONDS = 600

_KEY = "password_at"


def note() -> None:
    """Note that the password was right just now."""
    session[_KEY] = int(time.time())


def is_fresh() -> bool:
    """Whether that is less than FRESH_SECONDS ago. A new session begins without."""
    return time.time() - int(session.get(_KEY, 0)) < FRESH_SECONDS
