"""GA4GH WES 1.1 over jobs: a run is a job, and its one workflow annotates a VCF file.

https://ga4gh.github.io/workflow-execution-service-schemas/

The input is an attachment, or an upload that /api/v1 opened. No URL is ever fetched: an address
that a stranger names could lead into our network.
"""

import json
from functools import partial
from uuid import UUID

from flask import Response, current_app, request
from werkzeug.exceptions import BadRequest, NotFound

from runtime.common.api_tokens import Scope
from runtime.common.audit import Action
from runtime.common.job import Job
from runtime.common.jobs import JobEnded, JobMissing
from runtime.web.access import public
from runtime.web.api.access import caller, callers_job, scope_required
from runtime.web.api.drs_objects import drs_uri
from runtime.web.api.ga4gh import ga4gh_answer, ga4gh_group
from runtime.web.api.idempotent import idempotent
from runtime.web.api.jobs import refusals
from runtime.web.api.models.base import JobPath
from runtime.web.api.models.wes_models import (
    TASK,
    RunForm,
    RunId,
    RunList,
    RunLog,
    RunPath,
    RunQuery,
    RunRequest,
    RunStatus,
    RunSummary,
    RunTask,
    TaskList,
    TaskPath,
    WesServiceInfo,
    run_state,
)
from runtime.web.api.problems import refuse_unreadable
from runtime.web.api.service_registry import WES_PATH, wes_service
from runtime.web.context import services
from runtime.web.extensions.audit import about_job, audited, nothing_changed
from runtime.web.services.drs_ids import DrsId
from runtime.web.services.result_files import FileKind, why_unreadable
from runtime.web.services.tickets import InvalidTicket

MAX_ATTACHMENT_BYTES = 1024**2
"""It passes through this process, which other uploads don't."""

FORM_BYTES = 16 * 1024
"""For the other fields of a run's form, and the boundaries of its parts."""

blueprint = ga4gh_group("ga4gh_wes", WES_PATH, "GA4GH WES 1.1: jobs as runs of a workflow.")


@blueprint.before_request
def _check_form() -> None:
    """Take a larger body than elsewhere, whose fields can be read.

    Whose request it is has been checked before.
    """
    if request.endpoint == f"{blueprint.name}.run":
        request.max_content_length = MAX_ATTACHMENT_BYTES + FORM_BYTES
        for text in request.form.values():
            refuse_unreadable(partial(json.loads, text))


@blueprint.get("/service-info", responses={200: WesServiceInfo})
@public
def info() -> Response:
    """Describe the service."""
    return ga4gh_answer(wes_service())


@blueprint.post("/runs", responses={200: RunId})
@audited(Action.JOB_CREATED)
@scope_required(Scope.JOBS_WRITE)
@idempotent
def run(form: RunForm) -> Response:
    """Start a run.

    Its input is an attachment of up to 1 MiB, or a ticket of POST /api/v1/jobs for larger files.
    """
    user, params = caller().user, form.workflow_params
    with refusals():
        if params.ticket is not None:
            _refuse_attachments(form)
            try:
                job = services().uploads.submit(user, params.ticket, note=params.note)
            except InvalidTicket as error:
                raise BadRequest(str(error)) from error
        else:
            name, content = _attached(form)
            job = services().uploads.submit_content(
                user, name, content, reference=params.reference, note=params.note
            )
    about_job(job)
    return ga4gh_answer(RunId(run_id=job.job_id))


@blueprint.get("/runs", responses={200: RunList})
@scope_required(Scope.JOBS_READ)
def index(query: RunQuery) -> Response:
    """List runs, newest first."""
    page = services().jobs.list_for_user(
        caller().user.user_id, limit=query.page_size, cursor=query.page_token or None
    )
    runs = [RunSummary.of(job) for job in page.jobs]
    return ga4gh_answer(RunList(runs=runs, next_page_token=page.cursor or ""))


@blueprint.get("/runs/<run_id>", responses={200: RunLog})
@scope_required(Scope.JOBS_READ)
def show(path: RunPath) -> Response:
    """Show a run, and where its files are."""
    job = _job(path)
    params = {"input": job.input_file_name, "reference": job.reference, "note": job.note}
    log = RunLog(
        run_id=job.job_id,
        request=RunRequest(workflow_params=params),
        state=run_state(job),
        run_log=_task(job),
        task_logs_url=f"{current_app.config['SITE_URL']}{WES_PATH}/runs/{job.job_id}/tasks",
        outputs=_outputs(job),
    )
    return ga4gh_answer(log)


@blueprint.get("/runs/<run_id>/status", responses={200: RunStatus})
@scope_required(Scope.JOBS_READ)
def status(path: RunPath) -> Response:
    """Say where a run stands."""
    job = _job(path)
    return ga4gh_answer(RunStatus(run_id=job.job_id, state=run_state(job)))


@blueprint.get("/runs/<run_id>/tasks", responses={200: TaskList})
@scope_required(Scope.JOBS_READ)
def tasks(path: RunPath) -> Response:
    """List the tasks of a run: there is one."""
    return ga4gh_answer(TaskList(task_logs=[_task(_job(path))]))


@blueprint.get("/runs/<run_id>/tasks/<task_id>", responses={200: RunTask})
@scope_required(Scope.JOBS_READ)
def task(path: TaskPath) -> Response:
    """Show the task of a run."""
    job = _job(path)
    if path.task_id != TASK:
        raise NotFound(f"The only task of a run is {TASK!r}.")
    return ga4gh_answer(_task(job))


@blueprint.post("/runs/<run_id>/cancel", responses={200: RunId})
@audited(Action.JOB_CANCELLED)
@scope_required(Scope.JOBS_WRITE)
def cancel(path: RunPath) -> Response:
    """Cancel a run. One that has ended stays as it is, which its state says."""
    job = _job(path)
    try:
        services().job_changes.cancel(job)
    except JobEnded:
        nothing_changed()
    except JobMissing as error:
        raise NotFound from error
    return ga4gh_answer(RunId(run_id=job.job_id))


def _job(path: RunPath) -> Job:
    try:
        job_id = UUID(path.run_id)
    except ValueError as error:
        raise NotFound("There is no such run.") from error
    return callers_job(JobPath(job_id=job_id))


def _task(job: Job) -> RunTask:
    files = services().results.files
    readable = why_unreadable(job, FileKind.LOG) is None
    return RunTask.of(job, stdout=files.download_url(job, FileKind.LOG) if readable else None)


def _outputs(job: Job) -> dict[str, str]:
    """The files that can be read now, by DRS."""
    return {
        file.kind.value: drs_uri(DrsId(job.job_id, file.kind))
        for file in services().results.files.all(job)
    }


def _attached(form: RunForm) -> tuple[str, bytes]:
    found = {each.filename or "": each for each in form.workflow_attachment}
    name = form.workflow_params.input or ""
    if set(found) != {name}:
        raise BadRequest(
            "Attach one file as workflow_attachment, and name it in workflow_params.input."
        )
    content = found[name].read(MAX_ATTACHMENT_BYTES + 1)
    if len(content) > MAX_ATTACHMENT_BYTES:
        raise BadRequest(
            f"An attachment may have {MAX_ATTACHMENT_BYTES:,} bytes. Upload a larger file with "
            "POST /api/v1/jobs, and name its ticket in workflow_params."
        )
    return name, content


def _refuse_attachments(form: RunForm) -> None:
    if form.workflow_attachment:
        raise BadRequest("A ticket stands for a file that was uploaded, so attach none.")
