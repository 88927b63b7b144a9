"""A user's own account: plan, name, password, and deletion."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from runtime.common.audit import Action
from runtime.common.users import User, UserChanged
from runtime.web.access import login_required
from runtime.web.account_forms import (
    FieldErrors,
    InvalidForm,
    NameChange,
    PasswordChange,
    Proof,
    read_form,
)
from runtime.web.client_address import client_address
from runtime.web.context import services
from runtime.web.extensions.audit import audited, nothing_changed
from runtime.web.extensions.identity import identity
from runtime.web.owner_proof import check_owner
from runtime.web.services.account_service import WeakPassword, WrongPassword
from runtime.web.services.billing.billing_errors import BillingError

blueprint = Blueprint("profile", __name__, url_prefix="/profile")

UNPROCESSABLE = 422
STILL_SUBSCRIBED = (
    "Your subscription couldn't be ended at Stripe, so nothing was deleted. Try again in a minute."
)
WRONG = {"password": "That isn't your password."}


@blueprint.get("")
@login_required
def show(user: User) -> ResponseReturnValue:
    """Show the account."""
    changed = request.args.get("changed")
    return render_template("profile.html", user=user, name=user.name, changed=changed)


@blueprint.post("/name")
@audited(Action.NAME_CHANGED)
@login_required
def change_name(user: User) -> ResponseReturnValue:
    """Change the name."""
    try:
        name = read_form(NameChange).name
    except InvalidForm as error:
        typed = request.form.get("name", "")
        page = render_template("profile.html", user=user, name=typed, errors=error.errors)
        return page, UNPROCESSABLE
    services().users.rename(user.user_id, name)
    return redirect(url_for("profile.show", changed="name"), code=303)


@blueprint.get("/password")
@login_required
def password_form(user: User) -> ResponseReturnValue:
    """Show the form for a new password."""
    return render_template("profile_password.html", user=user)


@blueprint.post("/password")
@audited(Action.PASSWORD_CHANGED)
@login_required
def change_password(user: User) -> ResponseReturnValue:
    """Set a new password; every other session ends, this one continues."""
    try:
        form = read_form(PasswordChange)
        changed = services().accounts.change_password(
            user, form.password, form.new_password, client=client_address()
        )
    except InvalidForm as error:
        return _again("profile_password.html", user, error.errors)
    except WrongPassword:
        return _again("profile_password.html", user, WRONG)
    except WeakPassword as error:
        return _again("profile_password.html", user, {"new_password": str(error)})
    identity.sign_in(changed)
    return redirect(url_for("profile.show", changed="password"), code=303)


@blueprint.get("/delete")
@login_required
def delete_form(user: User) -> ResponseReturnValue:
    """Show what is deleted with the account, and ask for the password."""
    return render_template("profile_delete.html", user=user)


@blueprint.post("/delete")
@audited(Action.DELETED)
@login_required
def delete(user: User) -> ResponseReturnValue:
    """Delete the account, with everything in it."""
    try:
        check_owner(user, read_form(Proof).password)
    except InvalidForm as error:
        return _again("profile_delete.html", user, error.errors)
    try:
        services().account_deletion.delete(user)
    except BillingError:
        abort(503, STILL_SUBSCRIBED)
    identity.forget()
    return render_template("done.html", what="deleted", email=user.email)


@blueprint.errorhandler(UserChanged)
def changed_elsewhere(_error: UserChanged) -> ResponseReturnValue:
    """The account was changed elsewhere at the same time, which ended this session."""
    nothing_changed()
    identity.forget()
    return redirect(url_for("auth.sign_in", next=url_for("profile.show")), code=303)


def _again(template: str, user: User, errors: FieldErrors) -> ResponseReturnValue:
    return render_template(template, user=user, errors=errors), UNPROCESSABLE
