"""The landing page."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from runtime.web.access import public

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
@public
def landing() -> ResponseReturnValue:
    """Say what this is; the same for everybody."""
    return render_template("landing.html")
