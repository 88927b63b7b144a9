"""What owners do to their jobs: cancel, remove, run again, note. Each by a form, with its token."""

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from runtime.common import job_metrics
from runtime.common.job import Job
from runtime.common.jobs import JobEnded, JobMissing
from runtime.contract.job_status import FailureKind
from runtime.web.access import owner
from runtime.web.context import services
from runtime.web.errors import wants_json
from runtime.web.extensions.identity import identity
from runtime.web.job_forms import NoteForm
from runtime.web.services.uploads import FileMissing, UploadRefused

blueprint = Blueprint("job_changes", __name__, url_prefix="/jobs")


@blueprint.post("/<uuid:job_id>/cancel")
@owner
def cancel(job: Job) -> ResponseReturnValue:
    """End a job that waits; have one that runs ended within seconds."""
    try:
        changed = services().jobs.cancel(job.job_id, job.user_id)
    except JobEnded:
        return _done(job, "The job had ended before.")
    except JobMissing:
        abort(404)
    if changed.cancelled:
        job_metrics.job_failed(FailureKind.CANCELLED)
    return _done(job, "")


@blueprint.get("/<uuid:job_id>/delete")
@owner
def ask_to_delete(job: Job) -> ResponseReturnValue:
    """Ask whether a job may go with its files."""
    return render_template("job_delete.html", job=job)


@blueprint.post("/<uuid:job_id>/delete")
@owner
def delete(job: Job) -> ResponseReturnValue:
    """Remove a job; its files go soon after."""
    services().removal.remove(job)
    services().variants.evict(job)
    if wants_json():
        return jsonify(job_id=job.job_id, url=url_for("jobs.index"))
    flash(f"{job.input_file_name} and its results are deleted.")
    return redirect(url_for("jobs.index"), code=303)


@blueprint.post("/<uuid:job_id>/again")
@owner
def again(job: Job) -> ResponseReturnValue:
    """Make another job of the same input."""
    user = identity.current_user()
    if user is None:
        abort(401)
    try:
        new = services().uploads.submit_again(user, job)
    except UploadRefused as error:
        abort(410 if isinstance(error, FileMissing) else 413, str(error))
    return _done(new, "", code=201)


@blueprint.post("/<uuid:job_id>/note")
@owner
def note(job: Job) -> ResponseReturnValue:
    """Replace the note on a job."""
    try:
        form = NoteForm.model_validate(request.form.to_dict())
        services().jobs.set_note(job.job_id, job.user_id, form.note)
    except ValidationError:
        abort(400, "A note has up to 500 characters. Shorten it and save it again.")
    except JobMissing:
        abort(404)
    return _done(job, "")


def _done(job: Job, sentence: str, *, code: int = 200) -> ResponseReturnValue:
    """Lead to the job's page, where the effect is seen; `sentence` is said there."""
    url = url_for("jobs.show", job_id=job.job_id)
    if wants_json():
        return jsonify(job_id=job.job_id, url=url), code
    if sentence:
        flash(sentence)
    return redirect(url, code=303)
