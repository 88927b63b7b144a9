"""The landing page."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from runtime.web.access import public
from runtime.web.extensions.identity import identity

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
@public
def landing() -> ResponseReturnValue:
    """Say what this is; people who are signed in come straight to their jobs."""
    if identity.current_user() is not None:
        return redirect(url_for("jobs.index"), code=303)
    return render_template("landing.html")
