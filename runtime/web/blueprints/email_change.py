"""Change the email address: ask for it, confirm it at both addresses, stop it at the old one."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from runtime.common.audit import Action
from runtime.common.email_addresses import EmailTaken
from runtime.common.email_changes import UNDO_SECONDS
from runtime.common.users import User
from runtime.web.access import login_required, public
from runtime.web.account_forms import EmailChangeForm, FieldErrors, InvalidForm, read_form
from runtime.web.client_address import client_address
from runtime.web.context import services
from runtime.web.extensions.audit import about_user, audited, nothing_changed
from runtime.web.extensions.csrf import from_this_site
from runtime.web.extensions.identity import identity
from runtime.web.owner_proof import check_owner
from runtime.web.services.email_change import ChangedLately, SameAddress, Waiting
from runtime.web.services.mail_links import HOUR, InvalidLink, Purpose

blueprint = Blueprint("email_change", __name__)

UNPROCESSABLE = 422
SAME = {"email": "That is your current email address. Enter another one."}
LATELY = {
    "email": "Your email address changed in the last "
    f"{UNDO_SECONDS // HOUR} hours. Try again when they are over."
}
TAKEN = "This email address has another account by now. Ask for the change again with another one."


@blueprint.get("/profile/email")
@login_required
def form(user: User) -> ResponseReturnValue:
    """Show the form for another address."""
    return render_template("email_change.html", user=user)


@blueprint.post("/profile/email")
@audited(Action.ADDRESS_CHANGE_ASKED)
@login_required
def ask(user: User) -> ResponseReturnValue:
    """Email both addresses; the same answer whether or not the new one has an account."""
    try:
        given = read_form(EmailChangeForm)
        check_owner(user, given.password)
        services().email_change.ask(user, given.email, client=client_address())
    except InvalidForm as error:
        return _again(user, error.errors)
    except SameAddress:
        return _again(user, SAME)
    except ChangedLately:
        return _again(user, LATELY)
    return render_template("mail_sent.html", email=given.email, purpose=Purpose.CHANGE_EMAIL)


@blueprint.get("/profile/email/<token>")
@login_required
def confirm_form(user: User, token: str) -> ResponseReturnValue:
    """Show a button: programs that scan emails follow links, and must not confirm by that."""
    try:
        new = services().email_change.new_address(user, token)
    except InvalidLink:
        return _bad_link(Purpose.CHANGE_EMAIL)
    return render_template("email_change_confirm.html", user=user, token=token, new=new)


@blueprint.post("/profile/email/<token>")
@audited(Action.ADDRESS_CHANGED)
@login_required
def confirm(user: User, token: str) -> ResponseReturnValue:
    """Confirm it at the new address. When it changes, only this session continues."""
    try:
        changed = services().email_change.confirm(user, token)
    except InvalidLink:
        return _bad_link(Purpose.CHANGE_EMAIL)
    except EmailTaken:
        return _again(user, {"email": TAKEN})
    if isinstance(changed, Waiting):
        nothing_changed()
        return render_template("email_change_waiting.html", at="old", waiting=changed)
    identity.sign_in(changed)
    return redirect(url_for("profile.show", changed="email"), code=303)


@blueprint.get("/agree-email-change/<token>")
@public
def agree_form(token: str) -> ResponseReturnValue:
    """Show a button, if there is something to confirm."""
    try:
        user = services().email_change.agreed_user(token)
    except InvalidLink:
        return _bad_link(Purpose.AGREE_EMAIL_CHANGE)
    return render_template("email_change_agree.html", token=token, user=user)


@blueprint.post("/agree-email-change/<token>")
@audited(Action.ADDRESS_CHANGED)
@public
@from_this_site
def agree(token: str) -> ResponseReturnValue:
    """Confirm it at the old address. When it changes, all sessions end."""
    try:
        changed = services().email_change.agree(token)
    except InvalidLink:
        return _bad_link(Purpose.AGREE_EMAIL_CHANGE)
    except EmailTaken:
        abort(409, TAKEN)
    if isinstance(changed, Waiting):
        return render_template("email_change_waiting.html", at="new", waiting=changed)
    about_user(changed)
    identity.forget()
    return render_template("done.html", what="email", email=changed.email)


@blueprint.get("/stop-email-change/<token>")
@public
def stop_form(token: str) -> ResponseReturnValue:
    """Show a button, if there is something to stop."""
    if not services().email_change.is_stoppable(token):
        return _bad_link(Purpose.STOP_EMAIL_CHANGE)
    return render_template("email_change_stop.html", token=token)


@blueprint.post("/stop-email-change/<token>")
@audited(Action.ADDRESS_CHANGE_STOPPED)
@public
@from_this_site
def stop(token: str) -> ResponseReturnValue:
    """Stop the change, or undo it."""
    try:
        user = services().email_change.stop(token)
    except InvalidLink:
        return _bad_link(Purpose.STOP_EMAIL_CHANGE)
    about_user(user)
    identity.sign_out()
    # It stays on, since the owner may have turned it on against whoever reads this old address.
    factor = services().second_factor.is_on(user)
    return render_template("done.html", what="stopped", email=user.email, second_factor=factor)


def _bad_link(purpose: Purpose) -> ResponseReturnValue:
    return render_template("bad_link.html", purpose=purpose), UNPROCESSABLE


def _again(user: User, errors: FieldErrors) -> ResponseReturnValue:
    """The form again, with the address that was typed."""
    typed = request.form.get("email", "")
    page = render_template("email_change.html", user=user, email=typed, errors=errors)
    return page, UNPROCESSABLE
