"""A user's jobs: the list, and each one's page, log and result."""

import re

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from runtime.common.job import Job
from runtime.common.users import User
from runtime.web.access import owner, signed_in
from runtime.web.context import services
from runtime.web.services.results import NoResult
from runtime.web.services.summary import read_summary

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")

JOBS_A_PAGE = 25
_CURSOR = re.compile(r"\d{1,12}-[0-9a-fA-F-]{36}")


@blueprint.get("")
@signed_in
def index(user: User) -> ResponseReturnValue:
    """List the user's jobs, newest first, a page at a time."""
    cursor = request.args.get("cursor")
    if cursor is not None and not _CURSOR.fullmatch(cursor):
        abort(404)
    page = services().jobs.list_for_user(user.user_id, limit=JOBS_A_PAGE, cursor=cursor)
    return render_template("jobs.html", page=page, first=cursor is None)


@blueprint.get("/<uuid:job_id>")
@owner
def show(job: Job) -> ResponseReturnValue:
    """Show one job: where it stands, and once it has completed what was found."""
    body = services().results.summary(job)
    summary = None if body is None else read_summary(body)
    return render_template("job.html", job=job, summary=summary)


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
