"""The operator's pages. For everybody else they don't exist (404)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import StringConstraints, ValidationError

from runtime.common.audit import Action
from runtime.common.counted import counted
from runtime.common.job import Job
from runtime.common.jobs import ClaimRefused, JobMissing
from runtime.common.users import User, UserChanged
from runtime.web import fresh_password
from runtime.web.access import operator_required
from runtime.web.account_forms import (
    MAX_ADDRESS_LENGTH,
    ConfirmedPassword,
    FieldErrors,
    InvalidForm,
    read_form,
)
from runtime.web.client_address import client_address
from runtime.web.context import services
from runtime.web.extensions.audit import about_job, about_other, audited, nothing_changed
from runtime.web.finished_sign_in import safe_target
from runtime.web.forms import Form
from runtime.web.owner_proof import WRONG
from runtime.web.services.account_service import WrongPassword
from runtime.web.services.billing.billing_errors import BillingError
from runtime.web.services.operator_service import MOST_LISTED

blueprint = Blueprint("operator", __name__, url_prefix="/operator")

UNPROCESSABLE = 422
REASONS = (1, 500)
"""Characters of a reason."""


class Reason(Form):
    """Why a job is given up, for its owner."""

    reason: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=REASONS[0], max_length=REASONS[1]),
    ]
    csrf_token: str = ""


@blueprint.get("/confirm")
@operator_required(fresh=False)
def confirm_form(user: User) -> ResponseReturnValue:
    """Ask for the password again."""
    return _confirm_page(user, request.args.get("next", ""), {})


@blueprint.post("/confirm")
@audited(Action.PASSWORD_CONFIRMED)
@operator_required(fresh=False)
def confirm(user: User) -> ResponseReturnValue:
    """Open the pages for ten minutes, and lead to the one that was asked for."""
    typed = request.form.get("next", "")
    try:
        form = read_form(ConfirmedPassword)
        services().accounts.check_password(user, form.password, client=client_address())
    except InvalidForm as error:
        return _confirm_page(user, typed, error.errors), UNPROCESSABLE
    except WrongPassword:
        return _confirm_page(user, typed, {"password": WRONG}), UNPROCESSABLE
    fresh_password.note()
    return redirect(safe_target(form.next or url_for("operator.jobs")), code=303)


@blueprint.get("")
@audited(Action.OPEN_JOBS_SEEN)
@operator_required()
def jobs(_user: User) -> ResponseReturnValue:
    """Show the open jobs, the oldest first.

    The record is in the operator's log alone: the list has ids, ages and attempts.
    """
    listed, count = services().operator.open_jobs()
    return render_template("operator/jobs.html", listed=listed, count=count, most=MOST_LISTED)


@blueprint.post("/jobs/<uuid:job_id>/redrive")
@audited(Action.JOB_REDRIVEN)
@operator_required()
def redrive(_user: User, job_id: UUID) -> ResponseReturnValue:
    """Request an open job again."""
    job = _open_job(job_id)
    services().operator.redrive(job)
    flash(f"Job {job.job_id} has been requested again.")
    return redirect(url_for("operator.jobs"), code=303)


@blueprint.post("/jobs/<uuid:job_id>/give-up")
@audited(Action.JOB_GIVEN_UP)
@operator_required()
def give_up(_user: User, job_id: UUID) -> ResponseReturnValue:
    """End an open job, with a reason for its owner."""
    job = _open_job(job_id)
    try:
        reason = Reason.model_validate(request.form.to_dict()).reason
    except ValidationError:
        abort(400, f"Give a reason of up to {REASONS[1]} characters: the job's owner reads it.")
    try:
        services().operator.give_up(job, reason)
    except JobMissing:
        abort(404)
    except ClaimRefused:
        abort(409, "The job has ended, or an annotator is working on it. Look again in a minute.")
    flash(f"Job {job.job_id} has been ended. Its owner gets an email with your reason.")
    return redirect(url_for("operator.jobs"), code=303)


@blueprint.get("/accounts")
@audited(Action.ACCOUNT_SEEN)
@operator_required()
def accounts(_user: User) -> ResponseReturnValue:
    """Find an account by its email address, or by its id, which the list of open jobs has."""
    asked = request.args.get("account", "").strip()
    found = _find(asked) if asked else None
    if found is None:
        nothing_changed()
    else:
        about_other(found)
    return render_template("operator/accounts.html", asked=asked, found=found)


@blueprint.post("/accounts/<uuid:user_id>/suspend")
@audited(Action.ACCOUNT_SUSPENDED)
@operator_required()
def suspend(_user: User, user_id: UUID) -> ResponseReturnValue:
    """Refuse an account's sessions, sign-ins and tokens, and end its jobs that wait."""
    other = _account(user_id)
    with _fit():
        ended = services().operator.suspend(other)
    jobs = f" {counted(ended, 'waiting job')} ended." if ended else ""
    return _back_to(other, f"The account is suspended. Its data are kept.{jobs}")


@blueprint.post("/accounts/<uuid:user_id>/resume")
@audited(Action.ACCOUNT_RESUMED)
@operator_required()
def resume(_user: User, user_id: UUID) -> ResponseReturnValue:
    """End a suspension."""
    other = _account(user_id)
    with _fit():
        services().operator.resume(other)
    return _back_to(other, "The suspension has ended.")


@blueprint.post("/accounts/<uuid:user_id>/erase")
@audited(Action.ACCOUNT_ERASED)
@operator_required()
def erase(user: User, user_id: UUID) -> ResponseReturnValue:
    """Delete an account with everything in it, after its address was typed."""
    other = _account(user_id)
    if other.user_id == user.user_id or other.operator_since is not None:
        abort(409, "An operator's account can't be erased here. Remove the role first.")
    if request.form.get("email", "").strip().lower() != other.email:
        abort(400, "Type the account's email address to confirm. Nothing was deleted.")
    try:
        services().operator.erase(other)
    except BillingError:
        abort(503, "The subscription couldn't be ended at Stripe, so nothing was deleted.")
    flash("The account is being erased. Its owner gets a receipt by email when it's done.")
    return redirect(url_for("operator.accounts"), code=303)


def _confirm_page(user: User, target: str, errors: FieldErrors) -> str:
    return render_template("operator/confirm.html", user=user, next=target, errors=errors)


def _find(asked: str) -> User | None:
    """Return the account with an email address or an id. Every id is a UUID, and no address is."""
    if len(asked) > MAX_ADDRESS_LENGTH:  # more than the table takes as a key
        return None
    try:
        return services().users.get(str(UUID(asked)))
    except ValueError:
        return services().users.by_email(asked)


@contextmanager
def _fit() -> Iterator[None]:
    """End the request with 409 where the account is gone meanwhile, or is an operator's."""
    try:
        yield
    except UserChanged:
        abort(409, "The account is being deleted, or is an operator's. Nothing was changed.")


def _open_job(job_id: UUID) -> Job:
    job = services().jobs.get(str(job_id))
    if job is None or job.ended:
        abort(404)
    about_job(job)
    return job


def _account(user_id: UUID) -> User:
    other = services().users.get(str(user_id))
    if other is None or other.deleted_at is not None:
        abort(404)
    about_other(other)
    return other


def _back_to(user: User, sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for("operator.accounts", account=user.email), code=303)
