"""A user's jobs: the list, and each one's page, log and result."""

import time

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from runtime.common.audit import Action
from runtime.common.job import Job, JobState
from runtime.common.reference import Reference
from runtime.common.users import User
from runtime.web.access import job_reader_required, login_required
from runtime.web.context import services
from runtime.web.extensions.audit import audited
from runtime.web.extensions.identity import identity
from runtime.web.job_forms import JobFilter
from runtime.web.services.charts import charts_of
from runtime.web.services.results import NoResult
from runtime.web.services.run_again import worth_running_with
from runtime.web.services.sharing import Act
from runtime.web.services.wait_status import WaitStatus, wait_status
from runtime.web.table_urls import table_url

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")

blueprint.add_app_template_global(table_url)

JOBS_PER_PAGE = 25


@blueprint.get("")
@login_required
def index(user: User) -> ResponseReturnValue:
    """List the user's jobs that meet the filter, newest first, a page at a time.

    The way back ends at a whole first page, whatever has come since.
    """
    try:
        job_filter = JobFilter.model_validate(request.args.to_dict())
    except ValidationError:
        abort(404)
    page = services().jobs.list_for_user(
        user.user_id,
        limit=JOBS_PER_PAGE,
        cursor=job_filter.newer or job_filter.cursor or None,
        newer=bool(job_filter.newer),
        wanted=job_filter.wanted,
    )
    if job_filter.newer and not page.has_newer:
        return redirect(url_for("jobs.index", **job_filter.args))
    return render_template(
        "jobs.html",
        page=page,
        job_filter=job_filter,
        states=list(JobState),
        references=services().references.names,
    )


@blueprint.get("/<uuid:job_id>")
@audited(Action.RESULT_SEEN)
@job_reader_required(Act.VIEW)
def show(job: Job) -> ResponseReturnValue:
    """Show one job: its progress, and its results once it has completed."""
    summary = services().results.summary(job)
    reference = services().reference_of(job)
    return render_template(
        "job.html",
        job=job,
        summary=summary,
        drawn=charts_of(summary, reference) if summary else None,
        wait=None if job.ended else _wait_status(job),
        reference=reference,
        again=_worth_running_with(job),
    )


def _worth_running_with(job: Job) -> tuple[Reference, ...]:
    """The references to offer another run with: none where the file can't be run again."""
    found = worth_running_with(job, services().references)
    user = identity.current_user()
    is_owner = user is not None and user.user_id == job.user_id
    possible = found and user and is_owner and services().uploads.can_submit_again(user, job)
    return found if possible else ()


@blueprint.get("/<uuid:job_id>/status")
@job_reader_required(Act.VIEW)
def status(job: Job) -> ResponseReturnValue:
    """Return the job's status, for scripts that wait for its end."""
    reference = services().reference_of(job)
    return jsonify(
        job_id=job.job_id,
        job_status=job.job_status,
        progress=job.progress,
        error=job.error,
        submit_time=job.submit_time,
        complete_time=job.complete_time,
        result_state=job.result_state,
        cancel_requested=job.cancel_requested,
        reference=job.reference,
        reference_version=job.reference_version,
        offered_version=reference.version if reference else None,
        **({} if job.ended else vars(_wait_status(job))),
    )


@blueprint.get("/<uuid:job_id>/log")
@audited(Action.RESULT_SEEN)
@job_reader_required(Act.VIEW)
def log(job: Job) -> ResponseReturnValue:
    """Show the log as a page, or send it as text to clients that don't ask for a page."""
    found = services().results.log(job)
    wanted = request.accept_mimetypes.best_match(("text/plain", "text/html"))
    if wanted == "text/html" and request.args.get("format") != "text":
        return render_template("log.html", job=job, log=found)
    if found is None:
        abort(404, "This job has no log yet.")
    return Response(found.text, content_type="text/plain; charset=utf-8")


@blueprint.get("/<uuid:job_id>/summary.json")
@audited(Action.RESULT_SEEN)
@job_reader_required(Act.VIEW)
def summary(job: Job) -> ResponseReturnValue:
    """Send the summary as the annotator wrote it."""
    body = services().results.summary_json(job)
    if body is None:
        abort(404, "This job has no summary yet.")
    return Response(body, content_type="application/json")


@blueprint.get("/<uuid:job_id>/download")
@audited(Action.RESULT_DOWNLOADED)
@job_reader_required(Act.FILES)
def download(job: Job) -> ResponseReturnValue:
    """Redirect the browser to S3 for the annotated VCF."""
    try:
        return redirect(services().results.download_url(job), code=302)
    except NoResult as error:
        abort(409, str(error))


def _wait_status(job: Job) -> WaitStatus:
    return wait_status(job, services().job_queue.position_of_waiting(job), time.time())
