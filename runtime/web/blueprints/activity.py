"""The audit log of a user's account, as a page and as files."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from runtime.common.audit import Action, AuditRecord
from runtime.common.users import User
from runtime.web.access import login_required
from runtime.web.context import services
from runtime.web.extensions.audit import audited

blueprint = Blueprint("activity", __name__, url_prefix="/profile/activity")

PAGE = 50
"""Records."""

_EVENT_ID = re.compile(r"\d{13}-[0-9a-f]{12}")

FIELDS = ("time", "action", "by", "actor", "means", "means_id", "address", "job_id", "subject")

SENTENCES: dict[Action, str] = {
    Action.SIGNED_IN: "Signed in",
    Action.SIGNED_OUT: "Signed out",
    Action.SIGNED_OUT_EVERYWHERE: "Signed out on every device",
    Action.ADDRESS_CONFIRMED: "Confirmed the email address",
    Action.NAME_CHANGED: "Changed the name",
    Action.PASSWORD_CHANGED: "Changed the password",
    Action.PASSWORD_RESET: "Reset the password by an emailed link",
    Action.ADDRESS_CHANGE_ASKED: "Asked for a change of the email address",
    Action.ADDRESS_CHANGED: "Changed the email address",
    Action.ADDRESS_CHANGE_STOPPED: "Stopped a change of the email address",
    Action.SECOND_FACTOR_CHANGED: "Changed the second factor",
    Action.IDENTITY_CHANGED: "Changed the sign-in with an institution",
    Action.TOKEN_CHANGED: "Created or revoked an API token",
    Action.NOTIFICATIONS_CHANGED: "Changed emails or webhooks",
    Action.AUDIT_EXPORTED: "Downloaded this log",
    Action.DELETED: "Deleted the account",
    Action.PLAN_CHANGE_ASKED: "Asked for a change of the plan",
    Action.JOB_CREATED: "Started a job",
    Action.JOB_CANCELLED: "Cancelled a job",
    Action.JOB_DELETED: "Deleted a job",
    Action.JOB_RUN_AGAIN: "Ran a job again",
    Action.JOB_NOTE_CHANGED: "Changed the note on a job",
    Action.JOB_RESTORE_ASKED: "Asked for archived results",
    Action.RESULT_SEEN: "Looked at a job or its result",
    Action.RESULT_DOWNLOADED: "Downloaded a result",
    Action.SHARING_CHANGED: "Changed who may see a result",
    Action.ANNOTATION_CHANGED: "Changed a star or a comment",
    Action.FILTER_CHANGED: "Changed a saved filter",
    Action.JOB_REDRIVEN: "Requested a job again",
    Action.JOB_GIVEN_UP: "Ended a job",
    Action.OPEN_JOBS_SEEN: "Looked at the list of open jobs",
    Action.LETTERS_REDRIVEN: "Sent dead letters back to their queue",
    Action.LETTER_GIVEN_UP: "Gave up a dead letter",
    Action.ACCOUNT_SEEN: "Looked at an account",
    Action.ACCOUNT_SUSPENDED: "Suspended an account",
    Action.ACCOUNT_RESUMED: "Ended the suspension of an account",
    Action.ACCOUNT_ERASED: "Erased an account",
    Action.PASSWORD_CONFIRMED: "Confirmed the password for the operator's pages",
}


@blueprint.get("")
@login_required
def show(user: User) -> ResponseReturnValue:
    """Show what was done with the account and its jobs, the latest first."""
    before = request.args.get("before")
    if before is not None and not _EVENT_ID.fullmatch(before):
        abort(404)
    page = services().audit.page(user.user_id, limit=PAGE, cursor=before)
    return render_template(
        "activity.html",
        page=page,
        first=before is None,
        actors=_actors(user, page.records),
        sentences=SENTENCES,
    )


@blueprint.get("/log.csv")
@audited(Action.AUDIT_EXPORTED)
@login_required
def as_csv(user: User) -> ResponseReturnValue:
    """Send the whole log as CSV."""
    records = services().audit.all(user.user_id)
    return _attachment(_csv_lines(user, records), "text/csv; charset=utf-8", "gas-activity.csv")


@blueprint.get("/log.jsonl")
@audited(Action.AUDIT_EXPORTED)
@login_required
def as_json(user: User) -> ResponseReturnValue:
    """Send the whole log as JSON, a record a line."""
    records = services().audit.all(user.user_id)
    lines = (
        record.model_dump_json(exclude={"owner"}, exclude_none=True) + "\n" for record in records
    )
    return _attachment(lines, "application/jsonl", "gas-activity.jsonl")


def _csv_lines(user: User, records: Iterable[AuditRecord]) -> Iterator[str]:
    yield ",".join(FIELDS) + "\n"
    for record in records:
        line = io.StringIO()
        at = datetime.fromtimestamp(record.at / 1000, UTC)
        by = "you" if record.actor == user.user_id else "operator" if _is_operators(record) else ""
        facts = {"time": at.isoformat(timespec="milliseconds"), "by": by}
        values = record.model_dump(mode="json") | facts
        csv.DictWriter(line, FIELDS, extrasaction="ignore", lineterminator="\n").writerow(values)
        yield line.getvalue()


def _attachment(lines: Iterator[str], content_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename={name}", "Cache-Control": "no-store"}
    return Response(lines, content_type=content_type, headers=headers)


def _actors(user: User, records: Iterable[AuditRecord]) -> dict[str, str]:
    """Name those who did what: by event, because the same account may act as an operator."""
    others = {each.actor for each in records if each.actor not in (None, user.user_id)}
    found = {actor: services().users.get(actor) for actor in others if actor is not None}
    return {each.event_id: _name(user, each, found) for each in records}


def _name(user: User, record: AuditRecord, others: dict[str, User | None]) -> str:
    if record.actor == user.user_id:
        return "You"
    if record.actor is None:
        return "A guest by a link"
    if _is_operators(record):
        return "The operator of this site"
    other = others[record.actor]
    return other.email if other else "An account that was deleted"


def _is_operators(record: AuditRecord) -> bool:
    return record.action.startswith("operator.")
