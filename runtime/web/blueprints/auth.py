"""Signing in and out."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from runtime.common.audit import Action
from runtime.common.users import User
from runtime.web.access import login_required, public
from runtime.web.account_forms import (
    MAX_TARGET_LENGTH,
    WRONG_CODE,
    CodeOnly,
    InvalidForm,
    SignIn,
    read_form,
)
from runtime.web.client_address import client_address
from runtime.web.context import services
from runtime.web.extensions.audit import audited
from runtime.web.extensions.identity import identity
from runtime.web.finished_sign_in import after_password, finish, safe_target
from runtime.web.half_session import half_session
from runtime.web.services.account_service import Suspended, UnconfirmedEmail, WrongPassword
from runtime.web.services.rate_limit import TooManyAttempts
from runtime.web.services.second_factor import WrongCode

blueprint = Blueprint("auth", __name__)


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Show the form, unless the visitor is already signed in."""
    target = request.args.get("next", "")
    if len(target) > MAX_TARGET_LENGTH:
        target = ""
    if identity.current_user() is not None:
        return redirect(safe_target(target), code=303)
    return render_template("sign_in.html", next=target)


@blueprint.post("/sign-in")
@audited(Action.SIGNED_IN)
@public
def begin_session() -> ResponseReturnValue:
    """Sign in; the same answer for a wrong password and an unknown address."""
    try:
        form = SignIn.model_validate(request.form.to_dict())
    except ValidationError:
        return _again("Enter your email address and your password.")
    try:
        user = services().accounts.sign_in(form.email, form.password, client=client_address())
    except WrongPassword:
        return _again("This email address and password don't match. Check both.")
    except Suspended:
        return _again("This account is suspended. The contact page says whom to ask.")
    except UnconfirmedEmail:
        return _again(
            "Confirm your email address first: follow the link that we emailed you.",
            unconfirmed=True,
        )
    except TooManyAttempts as error:
        sentence = f"Too many attempts to sign in. Try again in {error.wait}."
        page, _ = _again(sentence, too_many=True)
        return page, 429, {"Retry-After": str(error.retry_after)}
    return after_password(user, form.next)


@blueprint.get("/sign-in/code")
@public
def code_form() -> ResponseReturnValue:
    """Ask for the code of the second factor."""
    if half_session() is None:
        return redirect(url_for("auth.sign_in"), code=303)
    return render_template("sign_in_code.html")


@blueprint.post("/sign-in/code")
@audited(Action.SIGNED_IN)
@public
def check_code() -> ResponseReturnValue:
    """Finish a sign-in with a code of the app, or with a recovery code."""
    half = half_session()
    if half is None:
        return redirect(url_for("auth.sign_in"), code=303)
    try:
        form = read_form(CodeOnly)
        recovery = services().second_factor.check(half.user, form.code, client=client_address())
    except InvalidForm as error:
        return render_template("sign_in_code.html", error=error.errors["code"]), 422
    except WrongCode:
        return render_template("sign_in_code.html", error=WRONG_CODE), 422
    except TooManyAttempts as error:
        sentence = f"Too many codes. Try again in {error.wait}."
        page = render_template("sign_in_code.html", error=sentence)
        return page, 429, {"Retry-After": str(error.retry_after)}
    if recovery:
        left = services().second_factor.codes_left(half.user)
        services().accounts.tell("recovery_code_used", half.user, left=left)
    return finish(half.user, half.target, half.to_link)


@blueprint.post("/sign-out")
@audited(Action.SIGNED_OUT)
@public
def end_session() -> ResponseReturnValue:
    """Sign out; safe when nobody is signed in."""
    identity.sign_out()
    return redirect(url_for("site.landing"), code=303)


@blueprint.post("/sign-out-everywhere")
@audited(Action.SIGNED_OUT_EVERYWHERE)
@login_required
def end_all_sessions(user: User) -> ResponseReturnValue:
    """Sign out on every device."""
    identity.sign_out_everywhere(user)
    return redirect(url_for("auth.sign_in"), code=303)


def _again(sentence: str, **kind: bool) -> tuple[str, int]:
    typed = {name: request.form.get(name, "") for name in ("email", "next")}
    return render_template("sign_in.html", error=sentence, **typed, **kind), 422
