"""Signing in and out."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from runtime.web.access import public
from runtime.web.context import services
from runtime.web.extensions.identity import identity
from runtime.web.forms import SignIn
from runtime.web.redirects import is_local

blueprint = Blueprint("auth", __name__)


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Show the form, unless the visitor is signed in already."""
    target = request.args.get("next", "")
    if identity.current_user() is not None:
        return redirect(_safe(target), code=303)
    return render_template("sign_in.html", next=target)


@blueprint.post("/sign-in")
@public
def begin_session() -> ResponseReturnValue:
    """Sign in; one answer for a wrong password and an unknown address."""
    try:
        form = SignIn.model_validate(request.form.to_dict())
    except ValidationError:
        return _again("Enter your e-mail address and your password.")
    user = services().users.authenticate(form.email, form.password)
    if user is None:
        return _again("This e-mail address and password don't belong together. Check both.")
    identity.sign_in(user)
    return redirect(_safe(form.next), code=303)


@blueprint.post("/sign-out")
@public
def end_session() -> ResponseReturnValue:
    """Sign out; no harm done when nobody is signed in."""
    identity.sign_out()
    return redirect(url_for("pages.landing"), code=303)


def _again(sentence: str) -> ResponseReturnValue:
    email, target = request.form.get("email", ""), request.form.get("next", "")
    return render_template("sign_in.html", error=sentence, email=email, next=target), 422


def _safe(target: str) -> str:
    return target if is_local(target) else url_for("jobs.index")
