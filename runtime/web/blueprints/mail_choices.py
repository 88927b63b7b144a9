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

KINDS = {
    MailKind.ENDED: "A job has ended",
    MailKind.ARCHIVED: "A result was archived",
    MailKind.RESTORED: "A result was restored",
}


@blueprint.post("")
@audited(Action.NOTIFICATIONS_CHANGED)
@login_required
def choose(user: User) -> ResponseReturnValue:
    """Keep the choices. A value that the form doesn't offer ends the request with 400."""
    services().mail_choices.choose(user.user_id, read_form(MailChoicesForm).choices)
    return redirect(url_for("profile.show", changed="mails"), code=303)


@blueprint.app_template_global("mail_kinds")
def mail_kinds(user: User) -> list[tuple[MailKind, str, MailChoice, dict[MailChoice, str]]]:
    """Return each kind of email with its label, the user's choice, and the choices' labels."""
    return [(kind, KINDS[kind], mail_choice(user, kind), _options(kind)) for kind in MailKind]


def _options(kind: MailKind) -> dict[MailChoice, str]:
    each = "job" if kind is MailKind.ENDED else "result"
    span = whole_span(current_app.config["DIGEST_SECONDS"])
    many = f"One email for many, at most every {span}"
    return {
        MailChoice.DIGEST: "One email when all are back" if kind is MailKind.RESTORED else many,
        MailChoice.EACH: f"One email for each {each}",
        MailChoice.NONE: "No email",
    }
