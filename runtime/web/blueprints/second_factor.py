"""The second factor on the account's pages: turn it on and off, and renew recovery codes."""

import segno
from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from runtime.common.audit import Action
from runtime.common.users import User, UserChanged
from runtime.web.access import login_required
from runtime.web.account_forms import (
    WRONG_CODE,
    CodeOnly,
    FieldErrors,
    InvalidForm,
    PasswordAndCode,
    PasswordOnly,
    read_form,
)
from runtime.web.client_address import client_address
from runtime.web.context import services
from runtime.web.extensions.audit import audited, nothing_changed
from runtime.web.extensions.identity import identity
from runtime.web.services.account_service import WrongPassword
from runtime.web.services.second_factor import NotBegun, WrongCode

blueprint = Blueprint("second_factor", __name__, url_prefix="/profile/second-factor")

UNPROCESSABLE = 422
WRONG_PASSWORD = {"password": "That isn't your password."}


@blueprint.get("")
@login_required
def show(user: User) -> ResponseReturnValue:
    """Show whether it is on, and what can be done about it."""
    return _page(user, {})


@blueprint.post("")
@login_required
def begin(user: User) -> ResponseReturnValue:
    """Make a secret after the password: whoever finds a session open can't lock its owner out."""
    if services().second_factor.is_on(user):
        return redirect(url_for("second_factor.show"), code=303)
    try:
        form = read_form(PasswordOnly)
        services().accounts.check_password(user, form.password, client=client_address())
    except InvalidForm as error:
        return _page(user, error.errors)
    except WrongPassword:
        return _page(user, WRONG_PASSWORD)
    services().second_factor.begin(user)
    return redirect(url_for("second_factor.confirm_form"), code=303)


@blueprint.get("/confirm")
@login_required
def confirm_form(user: User) -> ResponseReturnValue:
    """Show the secret as a QR code, and ask for its first code."""
    return _confirm_page(user, {})


@blueprint.post("/confirm")
@audited(Action.SECOND_FACTOR_CHANGED)
@login_required
def confirm(user: User) -> ResponseReturnValue:
    """Turn it on; every other session ends, this one continues."""
    try:
        codes = services().second_factor.turn_on(user, read_form(CodeOnly).code)
    except InvalidForm as error:
        return _confirm_page(user, error.errors)
    except WrongCode:
        return _confirm_page(user, {"code": WRONG_CODE})
    except NotBegun:
        nothing_changed()
        return redirect(url_for("second_factor.show"), code=303)
    changed = services().sessions.end_all(user.user_id)
    identity.sign_in(changed)
    services().accounts.tell("second_factor_on", changed)
    return render_template("recovery_codes.html", user=changed, codes=codes, new=True)


@blueprint.post("/recovery-codes")
@audited(Action.SECOND_FACTOR_CHANGED)
@login_required
def renew_recovery_codes(user: User) -> ResponseReturnValue:
    """Replace the recovery codes, with the password and a code."""
    if (refusal := _refusal(user)) is not None:
        return _page(user, refusal)
    codes = services().second_factor.renew_recovery_codes(user)
    services().accounts.tell("recovery_codes_new", user)
    return render_template("recovery_codes.html", user=user, codes=codes, new=False)


@blueprint.post("/turn-off")
@audited(Action.SECOND_FACTOR_CHANGED)
@login_required
def turn_off(user: User) -> ResponseReturnValue:
    """Turn it off, with the password and a code."""
    if (refusal := _refusal(user)) is not None:
        return _page(user, refusal)
    services().second_factor.turn_off(user)
    services().accounts.tell("second_factor_off", user)
    return redirect(url_for("profile.show", changed="second-factor-off"), code=303)


@blueprint.errorhandler(UserChanged)
def changed_elsewhere(_error: UserChanged) -> ResponseReturnValue:
    """The account was changed elsewhere at the same time, which ended this session."""
    nothing_changed()
    identity.forget()
    return redirect(url_for("auth.sign_in", next=url_for("second_factor.show")), code=303)


def _refusal(user: User) -> FieldErrors | None:
    """What is wrong with the password and the code that were sent; None uses the code up."""
    if not services().second_factor.is_on(user):
        return {"code": "The second factor is off already."}
    try:
        form = read_form(PasswordAndCode)
        services().accounts.check_password(user, form.password, client=client_address())
        services().second_factor.check(user, form.code, client=client_address())
    except InvalidForm as error:
        return error.errors
    except WrongPassword:
        return WRONG_PASSWORD
    except WrongCode:
        return {"code": WRONG_CODE}
    return None


def _page(user: User, errors: FieldErrors) -> ResponseReturnValue:
    service = services().second_factor
    is_on = service.is_on(user)
    left = service.codes_left(user) if is_on else 0
    page = render_template("second_factor.html", user=user, is_on=is_on, left=left, errors=errors)
    return (page, UNPROCESSABLE) if errors else page


def _confirm_page(user: User, errors: FieldErrors) -> ResponseReturnValue:
    try:
        enrolment = services().second_factor.enrolment(user)
    except NotBegun:
        return redirect(url_for("second_factor.show"), code=303)
    groups = [enrolment.secret[at : at + 4] for at in range(0, len(enrolment.secret), 4)]
    # An SVG in the page: the policy allows no data: address.
    picture = segno.make(enrolment.uri, micro=False).svg_inline(
        scale=5, border=4, light="#fff", dark="#000", svgclass=None, lineclass=None
    )
    page = render_template(
        "second_factor_confirm.html",
        user=user,
        picture=picture,
        secret=" ".join(groups),
        errors=errors,
    )
    return (page, UNPROCESSABLE) if errors else page
