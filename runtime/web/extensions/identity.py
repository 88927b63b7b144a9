"""The user of the session, read once per request.

The session is a signed cookie, so a copy of it works until it ends by itself. What ends it before
is in the user's item: an epoch for all sessions, and the ids of those that were signed out of.
"""

import secrets
import time
from contextlib import suppress

from flask import Flask, Response, after_this_request, current_app, g, session
from flask_wtf.csrf import generate_csrf

from runtime.common.users import User, UserChanged
from runtime.web.context import services
from runtime.web.extensions.audit import about_user

_USER = "user_id"
_EPOCH = "epoch"
_ID = "id"
_SIGNED_IN_AT = "at"
_ID_BYTES = 16

FRESH_SECONDS = 10 * 60
"""For so long after a sign-in, an account without a password needs no other proof."""

SIGNED_IN_COOKIE = "gas-signed-in"
"""A cookie for scripts only: the landing page, which is the same for everybody, shows "Your jobs"
to people who have it. It gives no access."""


class Identity:
    """Signs people in and out, and tells templates who is signed in."""

    def init_app(self, app: Flask) -> None:
        """Give templates `current_user()` and `is_fresh()`."""
        app.jinja_env.globals["current_user"] = self.current_user
        app.jinja_env.globals["is_fresh"] = self.is_fresh

    def sign_in(self, user: User) -> None:
        """Start a new session for `user`; nothing of the session before is kept."""
        about_user(user)
        session.clear()
        session[_USER] = user.user_id
        session[_EPOCH] = user.session_epoch
        session[_ID] = secrets.token_urlsafe(_ID_BYTES)
        session[_SIGNED_IN_AT] = int(time.time())
        session.permanent = True
        # Now, and not with the first page: two that are opened at once would make one each, and the
        # forms of one of them would be refused.
        g.pop("csrf_token", None)
        g.pop("masked_csrf_token", None)
        generate_csrf()
        g.current_user = user
        after_this_request(_set_signed_in_cookie)

    def sign_out(self) -> None:
        """End the session, for copies of its cookie too."""
        user = self.current_user()
        if user is not None:
            about_user(user)
            until = time.time() + current_app.permanent_session_lifetime.total_seconds()
            # Of an account that is gone or going, no session is left.
            with suppress(UserChanged):
                services().sessions.end(user.user_id, session[_ID], until=int(until))
        self.forget()

    def sign_out_everywhere(self, user: User) -> None:
        """End all sessions of a user, on every device."""
        services().sessions.end_all(user.user_id)
        self.forget()

    def forget(self) -> None:
        """Delete the session's cookies; on the server it is over already."""
        session.clear()
        g.current_user = None
        after_this_request(_delete_signed_in_cookie)

    def is_fresh(self) -> bool:
        """Whether the person signed in FRESH_SECONDS ago at most."""
        signed_in_at: int = session.get(_SIGNED_IN_AT, 0)
        return time.time() - signed_in_at <= FRESH_SECONDS

    def current_user(self) -> User | None:
        """Return the user who is signed in; None for a visitor, or when the session was ended."""
        if "current_user" not in g:
            g.current_user = _of_session()
        user: User | None = g.current_user
        return user


def _of_session() -> User | None:
    user_id, session_id = session.get(_USER), session.get(_ID)
    if user_id is None or session_id is None:
        return None
    user = services().users.get(user_id)
    if user is None or user.is_blocked or user.has_ended(session_id):
        return None
    return user if user.session_epoch == session.get(_EPOCH, 0) else None


def _set_signed_in_cookie(response: Response) -> Response:
    response.set_cookie(
        SIGNED_IN_COOKIE,
        "1",
        max_age=current_app.permanent_session_lifetime,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        samesite="Lax",
    )
    return response


def _delete_signed_in_cookie(response: Response) -> Response:
    response.delete_cookie(
        SIGNED_IN_COOKIE, secure=current_app.config["SESSION_COOKIE_SECURE"], samesite="Lax"
    )
    return response


identity = Identity()
