"""Tokens of the API on the account's pages: make one, and revoke one."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from runtime.common.api_tokens import MAX_TOKENS, ApiToken, Scope, TooManyTokens
from runtime.common.audit import Action
from runtime.common.users import User
from runtime.web.access import login_required
from runtime.web.account_forms import TOKEN_DAYS, FieldErrors, InvalidForm, NewToken, read_form
from runtime.web.context import services
from runtime.web.extensions.audit import audited
from runtime.web.owner_proof import check_owner

blueprint = Blueprint("api_tokens", __name__, url_prefix="/profile/tokens")

UNPROCESSABLE = 422
SCOPES = (
    (Scope.JOBS_READ, "List and show jobs"),
    (Scope.JOBS_WRITE, "Submit, cancel and delete jobs"),
    (Scope.RESULTS_READ, "Read results"),
)
DEFAULT_DAYS = 90


@blueprint.get("/new")
@login_required
def form(user: User) -> ResponseReturnValue:
    """Ask for the name, the scopes and the life of a new token."""
    return _form(user, {"name": "", "scopes": [*Scope], "days": DEFAULT_DAYS}, {})


@blueprint.post("/new")
@audited(Action.TOKEN_CHANGED)
@login_required
def create(user: User) -> ResponseReturnValue:
    """Make a token, and show it this once.

    Only for the password: a token works long after whoever found a session open has gone.
    """
    typed = {
        "name": request.form.get("name", ""),
        "scopes": request.form.getlist("scope"),
        "days": request.form.get("days", type=int),
    }
    try:
        wanted = read_form(NewToken)
        check_owner(user, wanted.password)
        made, secret = services().api_tokens.create(
            user.user_id, name=wanted.name, scopes=wanted.scope, days=int(wanted.days)
        )
    except InvalidForm as error:
        return _form(user, typed, error.errors), UNPROCESSABLE
    except TooManyTokens:
        count = f"You have {MAX_TOKENS} tokens, which is the most. Revoke one that you don't need."
        return _form(user, typed, {"count": count}), UNPROCESSABLE
    services().accounts.tell(
        "token_made", user, token_name=made.name, scopes=made.scopes, days=wanted.days
    )
    return render_template("token_made.html", made=made, secret=secret)


@blueprint.post("/<uuid:token_id>/revoke")
@audited(Action.TOKEN_CHANGED)
@login_required
def revoke(user: User, token_id: UUID) -> ResponseReturnValue:
    """End a token at once."""
    if not services().api_tokens.revoke(user.user_id, str(token_id)):
        abort(404, "You have no such token. It may have expired, or been revoked already.")
    return redirect(url_for("profile.show", changed="token"), code=303)


@blueprint.app_template_global("api_tokens")
def tokens_of(user: User) -> list[ApiToken]:
    """Return a user's tokens that are valid."""
    return services().api_tokens.all(user.user_id)


def _form(user: User, typed: Mapping[str, object], errors: FieldErrors) -> str:
    return render_template(
        "token_new.html", user=user, typed=typed, errors=errors, scopes=SCOPES, days=TOKEN_DAYS
    )
