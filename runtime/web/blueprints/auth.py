"""Signing in and out."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from runtime.web.access import public
from runtime.web.client import client_address
from runtime.web.context import services
from runtime.web.extensions.identity import identity
from runtime.web.forms import MAX_TARGET_LENGTH, SignIn
from runtime.web.redirects import is_local
from runtime.web.services.accounts import Unconfirmed, WrongPassword
from runtime.web.services.throttle import TooMany

blueprint = Blueprint("auth", __name__)


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Show the form, unless the visitor is signed in already."""
    target = request.args.get("next", "")
    if len(target) > MAX_TARGET_LENGTH:
        target = ""
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
    try:
        user = services().accounts.sign_in(form.email, form.password, client=client_address())
    except WrongPassword:
        return _again("This e-mail address and password don't belong together. Check both.")
    except Unconfirmed:
        return _again(
            "Confirm your e-mail address first: follow the link that we mailed you.",
            unconfirmed=True,
        )
    except TooMany as error:
        sentence = f"There were too many attempts to sign in. Try again in {error.wait}."
        page, _ = _again(sentence, too_many=True)
        return page, 429, {"Retry-After": str(error.retry_after)}
    identity.sign_in(user)
    return redirect(_safe(form.next), code=303)


@blueprint.post("/sign-out")
@public
def end_session() -> ResponseReturnValue:
    """Sign out; no harm done when nobody is signed in."""
    identity.sign_out()
    return redirect(url_for("pages.landing"), code=303)


def _again(sentence: str, **kind: bool) -> tuple[str, int]:
    typed = {name: request.form.get(name, "") for name in ("email", "next")}
    return render_template("sign_in.html", error=sentence, **typed, **kind), 422


def _safe(target: str) -> str:
    return target if is_local(target) else url_for("jobs.index")
