"""Results: their files and the summary."""

import time

from flask import Response
from werkzeug.exceptions import NotFound

from runtime.common.api_tokens import Scope
from runtime.common.audit import Action
from runtime.web.api.access import callers_job, scope_required
from runtime.web.api.answers import JSON, answer
from runtime.web.api.models.base import JobPath
from runtime.web.api.models.result_models import ResultFileAnswer, ResultFileList
from runtime.web.api.routes import group
from runtime.web.context import services
from runtime.web.extensions.audit import audited
from runtime.web.services.result_files import DOWNLOAD_SECONDS

blueprint = group("api_results", "Download results, and query them.")

_ANY_OBJECT = {"description": "As the file.", "content": {JSON: {"schema": {"type": "object"}}}}


@blueprint.get("/jobs/<uuid:job_id>/files", responses={200: ResultFileList})
@audited(Action.RESULT_DOWNLOADED)
@scope_required(Scope.RESULTS_READ)
def files(path: JobPath) -> Response:
    """List the files that can be downloaded now.

    Of an archived result they are the summary and the log.
    """
    job = callers_job(path)
    found = services().results.files
    expires_at = int(time.time()) + DOWNLOAD_SECONDS
    items = [
        ResultFileAnswer.of(each, url=found.download_url(job, each.kind), expires_at=expires_at)
        for each in found.all(job)
    ]
    return answer(ResultFileList(items=items))


@blueprint.get("/jobs/<uuid:job_id>/summary", responses={200: _ANY_OBJECT})
@audited(Action.RESULT_SEEN)
@scope_required(Scope.RESULTS_READ)
def summary(path: JobPath) -> Response:
    """Send summary.json as it is: counts, versions, and what was skipped and why."""
    body = services().results.summary_json(callers_job(path))
    if body is None:
        raise NotFound("This job has no summary yet.")
    return Response(body, mimetype=JSON)
