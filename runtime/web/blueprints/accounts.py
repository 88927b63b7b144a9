"""Registering, confirming an address, and choosing a new password by a mailed link."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from runtime.web.access import public
from runtime.web.account_forms import (
    AddressOnly,
    BadForm,
    Faults,
    NewPassword,
    Registration,
    read_form,
)
from runtime.web.client import client_address
from runtime.web.context import services
from runtime.web.extensions.csrf import from_this_site
from runtime.web.extensions.identity import identity
from runtime.web.services.accounts import WeakPassword
from runtime.web.services.links import BadLink, Purpose

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
    """Register; one answer whether or not the address has an account."""
    try:
        form = read_form(Registration)
        services().accounts.register(
            name=form.name, email=form.email, password=form.password, client=client_address()
        )
    except BadForm as error:
        return _again("register.html", error.faults)
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
    """Mail another confirmation link; one answer for all addresses."""
    return _send_link(Purpose.CONFIRM, "confirm_again.html")


@blueprint.get("/confirm/<token>")
@public
def confirm_form(token: str) -> ResponseReturnValue:
    """Show a button: programs that look into mail follow links, and confirm nothing by that."""
    return render_template("confirm.html", token=token)


@blueprint.post("/confirm/<token>")
@public
@from_this_site
def confirm(token: str) -> ResponseReturnValue:
    """Confirm the address that the link was mailed to."""
    try:
        user = services().accounts.confirm(token)
    except BadLink:
        return render_template("bad_link.html", purpose=Purpose.CONFIRM), UNPROCESSABLE
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
    """Mail such a link; one answer for all addresses."""
    return _send_link(Purpose.RESET, "forgot.html")


@blueprint.get("/reset/<token>")
@public
def reset_form(token: str) -> ResponseReturnValue:
    """Show the form for a new password, while the link is good."""
    try:
        user = services().accounts.of_reset_link(token)
    except BadLink:
        return render_template("bad_link.html", purpose=Purpose.RESET), UNPROCESSABLE
    return render_template("reset.html", token=token, email=user.email)


@blueprint.post("/reset/<token>")
@public
@from_this_site
def reset(token: str) -> ResponseReturnValue:
    """Set the new password; all sessions end."""
    accounts = services().accounts
    try:
        user = accounts.of_reset_link(token)
        form = read_form(NewPassword)
        accounts.reset_password(token, form.new_password, client=client_address())
    except BadLink:
        return render_template("bad_link.html", purpose=Purpose.RESET), UNPROCESSABLE
    except BadForm as error:
        faults = error.faults
    except WeakPassword as error:
        faults = {"new_password": str(error)}
    else:
        identity.sign_out()
        return render_template("done.html", what="reset", email=user.email)
    return _again("reset.html", faults, token=token, email=user.email)


def _send_link(purpose: Purpose, template: str) -> ResponseReturnValue:
    try:
        wanted = read_form(AddressOnly)
    except BadForm as error:
        return _again(template, error.faults)
    services().accounts.send_link(purpose, wanted.email, client=client_address())
    return render_template("mail_sent.html", email=wanted.email, purpose=purpose)


def _again(template: str, faults: Faults, **values: str) -> ResponseReturnValue:
    """The form once more, with what was typed, but for passwords."""
    typed = {name: request.form.get(name, "") for name in ("name", "email")}
    return render_template(template, faults=faults, **{**typed, **values}), UNPROCESSABLE
