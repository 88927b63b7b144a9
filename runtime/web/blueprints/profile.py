"""A user's own account: plan, name, password, and its end."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from runtime.common.users import User, UserChanged
from runtime.web.access import signed_in
from runtime.web.account_forms import (
    BadForm,
    Deletion,
    Faults,
    NameChange,
    PasswordChange,
    read_form,
)
from runtime.web.client import client_address
from runtime.web.context import services
from runtime.web.extensions.identity import identity
from runtime.web.services.accounts import WeakPassword, WrongPassword
from runtime.web.services.billing.errors import BillingError

blueprint = Blueprint("profile", __name__, url_prefix="/profile")

UNPROCESSABLE = 422
STILL_SUBSCRIBED = (
    "Your subscription couldn't be ended at Stripe, so nothing was deleted. Try again in a minute."
)
WRONG = {"password": "That isn't your password."}


@blueprint.get("")
@signed_in
def show(user: User) -> ResponseReturnValue:
    """Show the account."""
    changed = request.args.get("changed")
    return render_template("profile.html", user=user, name=user.name, changed=changed)


@blueprint.post("/name")
@signed_in
def change_name(user: User) -> ResponseReturnValue:
    """Change the name."""
    try:
        name = read_form(NameChange).name
    except BadForm as error:
        typed = request.form.get("name", "")
        page = render_template("profile.html", user=user, name=typed, faults=error.faults)
        return page, UNPROCESSABLE
    services().users.rename(user.user_id, name)
    return redirect(url_for("profile.show", changed="name"), code=303)


@blueprint.get("/password")
@signed_in
def password_form(user: User) -> ResponseReturnValue:
    """Show the form for another password."""
    return render_template("profile_password.html", user=user)


@blueprint.post("/password")
@signed_in
def change_password(user: User) -> ResponseReturnValue:
    """Set another password; every other session ends, this one goes on."""
    try:
        form = read_form(PasswordChange)
        changed = services().accounts.change_password(
            user, form.password, form.new_password, client=client_address()
        )
    except BadForm as error:
        return _again("profile_password.html", user, error.faults)
    except WrongPassword:
        return _again("profile_password.html", user, WRONG)
    except WeakPassword as error:
        return _again("profile_password.html", user, {"new_password": str(error)})
    identity.sign_in(changed)
    return redirect(url_for("profile.show", changed="password"), code=303)


@blueprint.get("/delete")
@signed_in
def delete_form(user: User) -> ResponseReturnValue:
    """Show what goes with the account, and ask for the password."""
    return render_template("profile_delete.html", user=user)


@blueprint.post("/delete")
@signed_in
def delete(user: User) -> ResponseReturnValue:
    """Have the account deleted, with everything in it."""
    try:
        form = read_form(Deletion)
        services().accounts.check_password(user, form.password, client=client_address())
    except BadForm as error:
        return _again("profile_delete.html", user, error.faults)
    except WrongPassword:
        return _again("profile_delete.html", user, WRONG)
    try:
        services().deletion.delete(user)
    except BillingError:
        abort(503, STILL_SUBSCRIBED)
    identity.sign_out()
    return render_template("done.html", what="deleted", email=user.email)


@blueprint.errorhandler(UserChanged)
def changed_elsewhere(_error: UserChanged) -> ResponseReturnValue:
    """The account was changed elsewhere at the same moment, which ended this session."""
    identity.sign_out()
    return redirect(url_for("auth.sign_in", next=url_for("profile.show")), code=303)


def _again(template: str, user: User, faults: Faults) -> ResponseReturnValue:
    return render_template(template, user=user, faults=faults), UNPROCESSABLE
