"""Jobs: create, start, list and show."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response, current_app
from werkzeug.exceptions import BadRequest, Conflict, RequestEntityTooLarge, TooManyRequests

from runtime.common.api_tokens import Scope
from runtime.common.audit import Action
from runtime.common.job import Job
from runtime.web.api.access import caller, callers_job, scope_required
from runtime.web.api.answers import answer
from runtime.web.api.idempotent import idempotent
from runtime.web.api.models.base import JobPath
from runtime.web.api.models.jobs import JobAnswer, JobList, JobQuery, NewJob, OpenedJob, Start
from runtime.web.api.models.problem import FieldProblem
from runtime.web.api.problems import InvalidFields
from runtime.web.api.routes import group
from runtime.web.context import services
from runtime.web.extensions.audit import about_job, audited
from runtime.web.services.tickets import InvalidTicket
from runtime.web.services.upload_service import (
    FileMissing,
    FileTooLarge,
    ReferenceNotOffered,
    UploadRefused,
)
from runtime.web.services.work_limits import TooMuchWork

blueprint = group("api_jobs", "Submit files, and follow their annotation.")


@blueprint.post("/jobs", responses={201: OpenedJob})
@scope_required(Scope.JOBS_WRITE)
@idempotent
def create(body: NewJob) -> Response:
    """Create a job.

    Send the file to `upload` next, then start the job. A job whose file never arrives costs
    nothing and isn't listed. With `multipart`, the file is sent in parts instead, so that an upload
    that was cut off goes on where it stopped.
    """
    opens = services().resumable_uploads if body.multipart else services().uploads
    with refusals():
        opened = opens.open(
            caller().user, file_name=body.file_name, size=body.size, reference=body.reference
        )
    return answer(OpenedJob.of(opened), 201)


@blueprint.post("/jobs/<uuid:job_id>/start", responses={201: JobAnswer})
@audited(Action.JOB_CREATED)
@scope_required(Scope.JOBS_WRITE)
@idempotent
def start(path: JobPath, body: Start) -> Response:
    """Start a job whose file has arrived.

    Safe to repeat: the same ticket is the same job.
    """
    try:
        with refusals():
            services().resumable_uploads.complete(
                caller().user, body.ticket, job_id=str(path.job_id)
            )
            job = services().uploads.submit(
                caller().user, body.ticket, note=body.note, job_id=str(path.job_id)
            )
    except InvalidTicket as error:
        raise InvalidFields([FieldProblem(field="ticket", message=str(error))]) from error
    about_job(job)
    return answer(show_job(job), 201)


@blueprint.get("/jobs", responses={200: JobList})
@scope_required(Scope.JOBS_READ)
def index(query: JobQuery) -> Response:
    """List jobs, newest first."""
    page = services().jobs.list_for_user(
        caller().user.user_id, limit=query.limit, cursor=query.cursor or None, wanted=query.wanted
    )
    return answer(JobList(items=[show_job(job) for job in page.jobs], next_cursor=page.cursor))


@blueprint.get("/jobs/<uuid:job_id>", responses={200: JobAnswer})
@scope_required(Scope.JOBS_READ)
def show(path: JobPath) -> Response:
    """Show a job."""
    return answer(show_job(callers_job(path)))


def show_job(job: Job) -> JobAnswer:
    """Return what is answered of a job."""
    return JobAnswer.of(
        job,
        site_url=current_app.config["SITE_URL"],
        position=services().job_queue.position_of_waiting(job),
    )


@contextmanager
def refusals() -> Iterator[None]:
    """Answer with the status of each refusal of an upload or a run.

    Raises:
        HTTPException: instead of the service's exception.
    """
    try:
        yield
    except TooMuchWork as error:
        raise TooManyRequests(str(error), retry_after=error.retry_after) from error
    except FileTooLarge as error:
        raise RequestEntityTooLarge(str(error)) from error
    except ReferenceNotOffered as error:
        raise InvalidFields([FieldProblem(field="reference", message=str(error))]) from error
    except FileMissing as error:
        raise Conflict(str(error)) from error
    except UploadRefused as error:
        raise BadRequest(str(error)) from error
