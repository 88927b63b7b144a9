"""What owners do to several jobs of their list at once: delete them, or download their results."""

from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from runtime.common.audit import Action
from runtime.common.counted import counted
from runtime.common.job import Job
from runtime.common.users import User
from runtime.web.access import login_required, own_job
from runtime.web.context import services
from runtime.web.extensions.audit import audited, nothing_changed
from runtime.web.job_forms import ChosenJobs

blueprint = Blueprint("chosen_jobs", __name__, url_prefix="/jobs/chosen")


@blueprint.get("/delete")
@login_required
def ask_to_delete(user: User) -> ResponseReturnValue:
    """Ask for confirmation before jobs are deleted with their files."""
    jobs = _chosen(user, request.args.getlist("job"))
    return render_template("jobs_delete.html", jobs=jobs) if jobs else _ask_to_choose()


@blueprint.post("/delete")
@audited(Action.JOB_DELETED)
@login_required
def delete(user: User) -> ResponseReturnValue:
    """Delete jobs; their files are deleted soon after."""
    jobs = _chosen(user, request.form.getlist("job"))
    if not jobs:
        return _ask_to_choose()
    for job in jobs:
        services().job_changes.delete(job)
    have = "has" if len(jobs) == 1 else "have"
    flash(f"{counted(len(jobs), 'job')} {have} been deleted, with all files.")
    return redirect(url_for("jobs.index"), code=303)


@blueprint.get("/download")
@login_required
def download(user: User) -> ResponseReturnValue:
    """List the results of jobs, each with its link; a script downloads one after another."""
    jobs = _chosen(user, request.args.getlist("job"))
    return render_template("jobs_download.html", jobs=jobs) if jobs else _ask_to_choose()


@blueprint.get("/states")
@login_required
def states(user: User) -> ResponseReturnValue:
    """Return where jobs stand, for a page that follows several. One that is gone isn't listed."""
    found = (services().jobs.get(str(job_id)) for job_id in _ids(request.args.getlist("job")))
    own = [job for job in found if job is not None and job.user_id == user.user_id]
    return jsonify(
        jobs={
            job.job_id: {
                "state": job.state,
                "progress": job.progress,
                "error": job.error or "",
            }
            for job in own
        }
    )


def _chosen(user: User, ids: list[str]) -> list[Job]:
    """The user's jobs of these ids; one that isn't theirs ends the request with 404."""
    return [own_job(user, job_id) for job_id in _ids(ids)]


def _ids(ids: list[str]) -> Iterable[UUID]:
    """Each id once; what is no id, or too many of them, end the request with 404."""
    if not ids:
        return ()
    try:
        return dict.fromkeys(ChosenJobs.model_validate({"job": tuple(ids)}, strict=False).job)
    except ValidationError:
        abort(404)


def _ask_to_choose() -> ResponseReturnValue:
    nothing_changed()
    flash("Choose one or more jobs first: each has a box before its name.")
    return redirect(url_for("jobs.index"), code=303)
