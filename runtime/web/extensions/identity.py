"""Who is asking: the user of the session, read once a request."""

from flask import Flask, g, session

from runtime.common.users import User
from runtime.web.context import services

_KEY = "user_id"


class Identity:
    """Signs people in and out, and tells templates who is there."""

    def init_app(self, app: Flask) -> None:
        """Give templates `current_user()`."""
        app.jinja_env.globals["current_user"] = self.current_user

    def sign_in(self, user: User) -> None:
        """Begin a new session for `user`; nothing of the one before is left in it."""
        session.clear()
        session[_KEY] = user.user_id
        session.permanent = True
        g.current_user = user

    def sign_out(self) -> None:
        """End the session."""
        session.clear()
        g.current_user = None

    def current_user(self) -> User | None:
        """Return who is signed in; None for a visitor, or when the account is gone."""
        if "current_user" not in g:
            user_id = session.get(_KEY)
            g.current_user = services().users.get(user_id) if user_id else None
        user: User | None = g.current_user
        return user


identity = Identity()
