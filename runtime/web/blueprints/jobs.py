"""A user's jobs: the list, and each one's page, log and result."""

import time

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from runtime.common.job import Job, JobState
from runtime.common.users import User
from runtime.contract.job_status import JobStatus
from runtime.web.access import owner, signed_in
from runtime.web.context import services
from runtime.web.job_forms import JobsWanted
from runtime.web.services.results import NoResult
from runtime.web.services.standing import Standing, standing
from runtime.web.services.summary import read_summary

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")

JOBS_A_PAGE = 25


@blueprint.get("")
@signed_in
def index(user: User) -> ResponseReturnValue:
    """List the user's jobs, newest first, a page at a time, as the filter wants."""
    try:
        wanted = JobsWanted.model_validate(request.args.to_dict())
    except ValidationError:
        abort(404)
    page = services().jobs.list_for_user(
        user.user_id,
        limit=JOBS_A_PAGE,
        cursor=wanted.cursor or None,
        state=wanted.in_state,
        text=wanted.q,
    )
    return render_template("jobs.html", page=page, wanted=wanted, states=list(JobState))


@blueprint.get("/<uuid:job_id>")
@owner
def show(job: Job) -> ResponseReturnValue:
    """Show one job: where it stands, and once it has completed what was found."""
    body = services().results.summary(job)
    summary = None if body is None else read_summary(body)
    return render_template(
        "job.html",
        job=job,
        summary=summary,
        standing=None if job.ended else _standing(job),
        reference=services().reference.manifest,
    )


@blueprint.get("/<uuid:job_id>/status")
@owner
def status(job: Job) -> ResponseReturnValue:
    """Say where the job stands, for scripts that wait for its end."""
    return jsonify(
        job_id=job.job_id,
        job_status=job.job_status,
        progress=job.progress,
        error=job.error,
        submit_time=job.submit_time,
        complete_time=job.complete_time,
        result_state=job.result_state,
        cancel_requested=job.cancel_requested,
        **({} if job.ended else vars(_standing(job))),
    )


@blueprint.get("/<uuid:job_id>/log")
@owner
def log(job: Job) -> ResponseReturnValue:
    """Show the log as a page, or send it as text to who doesn't ask for a page."""
    found = services().results.log(job)
    wanted = request.accept_mimetypes.best_match(("text/plain", "text/html"))
    if wanted == "text/html" and request.args.get("format") != "text":
        return render_template("log.html", job=job, log=found)
    if found is None:
        abort(404, "This job has no log yet.")
    return Response(found.text, content_type="text/plain; charset=utf-8")


@blueprint.get("/<uuid:job_id>/summary.json")
@owner
def summary(job: Job) -> ResponseReturnValue:
    """Send the summary as the annotator wrote it."""
    body = services().results.summary(job)
    if body is None:
        abort(404, "This job has no summary yet.")
    return Response(body, content_type="application/json")


@blueprint.get("/<uuid:job_id>/download")
@owner
def download(job: Job) -> ResponseReturnValue:
    """Send the browser to S3 for the annotated VCF."""
    try:
        return redirect(services().results.download_url(job), code=302)
    except NoResult as error:
        abort(409, str(error))


def _standing(job: Job) -> Standing:
    waits = job.job_status is JobStatus.PENDING and not job.cancel_requested
    place = services().waiting.place(job) if waits else None
    return standing(job, place, time.time())
