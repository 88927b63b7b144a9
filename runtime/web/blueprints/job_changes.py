"""What owners do to their jobs: cancel, delete, run again, note, restore. Each by a form."""

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from runtime.common.audit import Action
from runtime.common.job import Job, ResultState
from runtime.common.jobs import JobEnded, JobMissing
from runtime.common.users import Role
from runtime.web.access import job_owner_required
from runtime.web.context import services
from runtime.web.error_pages import wants_json
from runtime.web.extensions.audit import about_job, audited, nothing_changed
from runtime.web.extensions.identity import identity
from runtime.web.forms import json_body
from runtime.web.job_forms import AgainForm, NoteForm
from runtime.web.services.upload_service import FileMissing, ReferenceNotOffered, UploadRefused
from runtime.web.services.work_limits import TooMuchWork

blueprint = Blueprint("job_changes", __name__, url_prefix="/jobs")


@blueprint.post("/<uuid:job_id>/cancel")
@audited(Action.JOB_CANCELLED)
@job_owner_required
def cancel(job: Job) -> ResponseReturnValue:
    """End a waiting job at once, and a running one within seconds."""
    try:
        services().job_changes.cancel(job)
    except JobEnded:
        nothing_changed()
        return _done(job, "The job had already ended.")
    except JobMissing:
        abort(404)
    return _done(job, "")


@blueprint.get("/<uuid:job_id>/delete")
@job_owner_required
def ask_to_delete(job: Job) -> ResponseReturnValue:
    """Ask for confirmation before a job is deleted with its files."""
    return render_template("job_delete.html", job=job)


@blueprint.post("/<uuid:job_id>/delete")
@audited(Action.JOB_DELETED)
@job_owner_required
def delete(job: Job) -> ResponseReturnValue:
    """Delete a job; its files are deleted soon after."""
    services().job_changes.delete(job)
    if wants_json():
        return jsonify(job_id=job.job_id, url=url_for("jobs.index"))
    flash(f"{job.input_file_name} and its results have been deleted.")
    return redirect(url_for("jobs.index"), code=303)


@blueprint.post("/<uuid:job_id>/again")
@audited(Action.JOB_RUN_AGAIN)
@job_owner_required
def again(job: Job) -> ResponseReturnValue:
    """Create another job with the same input, and the same reference or the one that is named."""
    user = identity.current_user()
    if user is None:
        abort(401)
    wanted = _again_form()
    try:
        new = services().uploads.submit_again(user, job, reference=wanted.reference or None)
    except ReferenceNotOffered as error:
        abort(409, str(error))
    except TooMuchWork as error:
        abort(429, str(error))
    except UploadRefused as error:
        abort(410 if isinstance(error, FileMissing) else 413, str(error))
    about_job(new)
    return _done(new, "", code=201)


@blueprint.post("/<uuid:job_id>/note")
@audited(Action.JOB_NOTE_CHANGED)
@job_owner_required
def note(job: Job) -> ResponseReturnValue:
    """Replace the note on a job."""
    try:
        form = NoteForm.model_validate(request.form.to_dict())
        services().owner_actions.set_note(job.job_id, job.user_id, form.note)
    except ValidationError:
        abort(400, "A note has up to 500 characters. Shorten it and save it again.")
    except JobMissing:
        abort(404)
    return _done(job, "")


@blueprint.post("/<uuid:job_id>/bring-back")
@audited(Action.JOB_RESTORE_ASKED)
@job_owner_required
def restore(job: Job) -> ResponseReturnValue:
    """Ask again for what an upgrade should have restored by itself."""
    user = identity.current_user()
    if user is None or user.role is not Role.PREMIUM_USER:
        abort(409, "Archived results are restored with Premium. Change your plan first.")
    if job.result_state is ResultState.ARCHIVED:
        services().retention.request_restore(user)
        flash("Your archived results are being restored. We'll email you when it's done.")
    else:
        nothing_changed()
    return redirect(url_for("jobs.show", job_id=job.job_id), code=303)


def _again_form() -> AgainForm:
    if request.is_json:
        return json_body(AgainForm)
    try:
        return AgainForm.model_validate(request.form.to_dict())
    except ValidationError:
        abort(400, "The form isn't what this URL expects. Reload the page and try again.")


def _done(job: Job, sentence: str, *, code: int = 200) -> ResponseReturnValue:
    """Redirect to the job's page, which shows the effect, and `sentence`."""
    url = url_for("jobs.show", job_id=job.job_id)
    if wants_json():
        return jsonify(job_id=job.job_id, url=url), code
    if sentence:
        flash(sentence)
    return redirect(url, code=303)
