"""Register, confirm an address, and choose a new password through an emailed link."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from runtime.common.audit import Action
from runtime.web.access import public
from runtime.web.account_forms import (
    AddressOnly,
    FieldErrors,
    InvalidForm,
    NewPassword,
    Registration,
    read_form,
)
from runtime.web.client_address import client_address
from runtime.web.context import services
from runtime.web.extensions.audit import about_user, audited
from runtime.web.extensions.csrf import from_this_site
from runtime.web.extensions.identity import identity
from runtime.web.services.account_service import WeakPassword
from runtime.web.services.mail_links import InvalidLink, Purpose

blueprint = Blueprint("accounts", __name__)

UNPROCESSABLE = 422


@blueprint.get("/register")
@public
def register_form() -> ResponseReturnValue:
    """Show the form, unless the visitor has an account and is signed in to it."""
    if identity.current_user() is not None:
        return redirect(url_for("jobs.index"), code=303)
    return render_template("register.html")


@blueprint.post("/register")
@public
@from_this_site
def register() -> ResponseReturnValue:
    """Register; the same answer whether or not the address has an account."""
    try:
        form = read_form(Registration)
        services().accounts.register(
            name=form.name, email=form.email, password=form.password, client=client_address()
        )
    except InvalidForm as error:
        return _again("register.html", error.errors)
    except WeakPassword as error:
        return _again("register.html", {"password": str(error)})
    return render_template("mail_sent.html", email=form.email, purpose=Purpose.CONFIRM)


@blueprint.get("/confirm/again")
@public
def confirm_again_form() -> ResponseReturnValue:
    """Show the form that asks for another confirmation link."""
    return render_template("confirm_again.html")


@blueprint.post("/confirm/again")
@public
@from_this_site
def confirm_again() -> ResponseReturnValue:
    """Email another confirmation link; the same answer for all addresses."""
    return _send_link(Purpose.CONFIRM, "confirm_again.html")


@blueprint.get("/confirm/<token>")
@public
def confirm_form(token: str) -> ResponseReturnValue:
    """Show a button: programs that scan emails follow links, and must not confirm by that."""
    return render_template("confirm.html", token=token)


@blueprint.post("/confirm/<token>")
@audited(Action.ADDRESS_CONFIRMED)
@public
@from_this_site
def confirm(token: str) -> ResponseReturnValue:
    """Confirm the address that the link was emailed to."""
    try:
        user = services().accounts.confirm(token)
    except InvalidLink:
        return render_template("bad_link.html", purpose=Purpose.CONFIRM), UNPROCESSABLE
    about_user(user)
    return render_template("done.html", what="confirmed", email=user.email)


@blueprint.get("/forgot")
@public
def forgot_form() -> ResponseReturnValue:
    """Show the form that asks for a link to choose a new password."""
    return render_template("forgot.html")


@blueprint.post("/forgot")
@public
@from_this_site
def forgot() -> ResponseReturnValue:
    """Email such a link; the same answer for all addresses."""
    return _send_link(Purpose.RESET, "forgot.html")


@blueprint.get("/reset/<token>")
@public
def reset_form(token: str) -> ResponseReturnValue:
    """Show the form for a new password, if the link is valid."""
    try:
        user = services().accounts.user_of_reset_link(token)
    except InvalidLink:
        return render_template("bad_link.html", purpose=Purpose.RESET), UNPROCESSABLE
    return render_template("reset.html", token=token, email=user.email)


@blueprint.post("/reset/<token>")
@audited(Action.PASSWORD_RESET)
@public
@from_this_site
def reset(token: str) -> ResponseReturnValue:
    """Set the new password; all sessions end."""
    accounts = services().accounts
    try:
        user = accounts.user_of_reset_link(token)
        form = read_form(NewPassword)
        accounts.reset_password(token, form.new_password, client=client_address())
    except InvalidLink:
        return render_template("bad_link.html", purpose=Purpose.RESET), UNPROCESSABLE
    except InvalidForm as error:
        errors = error.errors
    except WeakPassword as error:
        errors = {"new_password": str(error)}
    else:
        about_user(user)
        identity.sign_out()
        return render_template("done.html", what="reset", email=user.email)
    return _again("reset.html", errors, token=token, email=user.email)


def _send_link(purpose: Purpose, template: str) -> ResponseReturnValue:
    try:
        form = read_form(AddressOnly)
    except InvalidForm as error:
        return _again(template, error.errors)
    services().accounts.send_link(purpose, form.email, client=client_address())
    return render_template("mail_sent.html", email=form.email, purpose=purpose)


def _again(template: str, errors: FieldErrors, **values: str) -> ResponseReturnValue:
    """The form again, with what was typed, except for passwords."""
    typed = {name: request.form.get(name, "") for name in ("name", "email")}
    return render_template(template, errors=errors, **{**typed, **values}), UNPROCESSABLE
