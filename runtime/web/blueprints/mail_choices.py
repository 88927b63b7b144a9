"""Which emails about jobs a user gets: a part of the account's page."""

from flask import Blueprint, current_app, redirect, url_for
from flask.typing import ResponseReturnValue

from runtime.common.audit import Action
from runtime.common.mail_choices import MailChoice, MailKind, mail_choice
from runtime.common.users import User
from runtime.web.access import login_required
from runtime.web.account_forms import MailChoicesForm, read_form
from runtime.web.context import services
from runtime.web.extensions.audit import audited
from runtime.web.services.formatting import whole_span

blueprint = Blueprint("mail_choices", __name__, url_prefix="/profile/mails")

KINDS = {MailKind.ENDED: "A job has ended"}


@blueprint.post("")
@audited(Action.NOTIFICATIONS_CHANGED)
@login_required
def choose(user: User) -> ResponseReturnValue:
    """Keep the choices. A value that the form doesn't offer ends the request with 400."""
    services().mail_choices.choose(user.user_id, read_form(MailChoicesForm).choices)
    return redirect(url_for("profile.show", changed="mails"), code=303)


@blueprint.app_template_global("mail_kinds")
def mail_kinds(user: User) -> list[tuple[MailKind, str, MailChoice]]:
    """Return each kind of email with its label and what the user has chosen."""
    return [(kind, label, mail_choice(user, kind)) for kind, label in KINDS.items()]


@blueprint.app_template_global("mail_options")
def mail_options() -> list[tuple[MailChoice, str]]:
    """Return the choices with their labels."""
    span = whole_span(current_app.config["DIGEST_SECONDS"])
    return [
        (MailChoice.DIGEST, f"At most one email in {span}"),
        (MailChoice.EACH, "One email for each job"),
        (MailChoice.NONE, "No email"),
    ]
