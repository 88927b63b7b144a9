"""What owners do to their jobs: wait, cancel, run again, delete."""

from flask import Response, abort

from runtime.common.api_tokens import Scope
from runtime.common.audit import Action
from runtime.common.jobs import JobEnded, JobMissing
from runtime.web.api.access import caller, callers_job, scope_required
from runtime.web.api.answers import answer
from runtime.web.api.idempotent import idempotent
from runtime.web.api.jobs import refusals, show_job
from runtime.web.api.models.base import JobPath
from runtime.web.api.models.jobs import Again, JobAnswer, WaitQuery
from runtime.web.api.routes import group
from runtime.web.context import services
from runtime.web.extensions.audit import about_job, audited

blueprint = group("api_job_changes", "Wait for jobs, cancel, repeat and delete them.")

BUSY_SECONDS = 2
"""After which to come back, where too many wait."""


@blueprint.get("/jobs/<uuid:job_id>/wait", responses={200: JobAnswer})
@scope_required(Scope.JOBS_READ)
def wait(path: JobPath, query: WaitQuery) -> Response:
    """Wait until a job has ended or changed its state.

    Answers after `timeout` seconds at the latest, and sooner when many are waiting: then the
    header Retry-After says when to ask again. So ask in a loop until `state` is an end.
    """
    job = callers_job(path)
    waited = services().job_waits.wait(job, since=query.since or job.state, seconds=query.timeout)
    if waited.job is None:
        abort(404)
    response = answer(show_job(waited.job))
    if not waited.had_place:
        response.headers["Retry-After"] = str(BUSY_SECONDS)
    return response


@blueprint.post("/jobs/<uuid:job_id>/cancel", responses={200: JobAnswer})
@audited(Action.JOB_CANCELLED)
@scope_required(Scope.JOBS_WRITE)
def cancel(path: JobPath) -> Response:
    """Cancel a job: one that waits at once, one that runs within seconds."""
    try:
        return answer(show_job(services().job_changes.cancel(callers_job(path))))
    except JobEnded:
        abort(409, "The job had already ended.")
    except JobMissing:
        abort(404)


@blueprint.post("/jobs/<uuid:job_id>/again", responses={201: JobAnswer})
@audited(Action.JOB_RUN_AGAIN)
@scope_required(Scope.JOBS_WRITE)
@idempotent
def again(path: JobPath, body: Again) -> Response:
    """Create another job with the same file."""
    job = callers_job(path)
    with refusals():
        new = services().uploads.submit_again(caller().user, job, reference=body.reference)
    about_job(new)
    return answer(show_job(new), 201)


@blueprint.delete("/jobs/<uuid:job_id>", responses={204: None})
@audited(Action.JOB_DELETED)
@scope_required(Scope.JOBS_WRITE)
def delete(path: JobPath) -> Response:
    """Delete a job; its files are deleted soon after."""
    services().job_changes.delete(callers_job(path))
    return Response(status=204)
