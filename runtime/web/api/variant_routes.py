"""Variants of a result: listed by the explorer's filters, and exported."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response
from werkzeug.exceptions import Conflict, ServiceUnavailable

from runtime.common.api_tokens import Scope
from runtime.common.audit import Action
from runtime.common.job import Job
from runtime.web.api.access import caller, callers_job, scope_required
from runtime.web.api.answers import answer
from runtime.web.api.models.base import JobPath
from runtime.web.api.models.problem import FieldProblem
from runtime.web.api.models.result_models import (
    ExportArgs,
    ExportPath,
    ExportUnderway,
    ReadyExport,
    SavedFilterArgs,
    VariantArgs,
    VariantListAnswer,
)
from runtime.web.api.problems import InvalidFields
from runtime.web.api.routes import group
from runtime.web.blueprints.exports import RETRY_SECONDS, find_export
from runtime.web.blueprints.variant_pages import CACHE_FULL, TOO_MUCH
from runtime.web.context import services
from runtime.web.extensions.audit import audited
from runtime.web.services.exports.export_request import ExportRequest
from runtime.web.services.exports.export_service import Failed, Ready
from runtime.web.services.remarks import Remarks
from runtime.web.services.results import NoResult
from runtime.web.services.sharing import Reader
from runtime.web.services.track_facts import Tracks
from runtime.web.services.variants.file_cache import CacheFull
from runtime.web.services.variants.filters import InvalidFilter, VariantQuery
from runtime.web.services.variants.query_engine import QueryTimeout, QueryTooLarge

blueprint = group("api_variants", "The variants of a result.")


@blueprint.get("/jobs/<uuid:job_id>/variants", responses={200: VariantListAnswer})
@audited(Action.RESULT_SEEN)
@scope_required(Scope.RESULTS_READ)
def variants(path: JobPath, query: VariantArgs) -> Response:
    """List the variants that meet a filter.

    The filter is that of the variants' page: its address has the same names and values.
    """
    job = callers_job(path)
    with _refusals():
        wanted = _wanted(query).model_copy(update={"after": query.cursor})
        found = services().variants.listed(job, wanted, _known(job), query.limit)
    return answer(VariantListAnswer.of(found, _remarks(job)))


@blueprint.get(
    "/jobs/<uuid:job_id>/exports/<form>", responses={200: ReadyExport, 202: ExportUnderway}
)
@audited(Action.RESULT_DOWNLOADED)
@scope_required(Scope.RESULTS_READ)
def export(path: ExportPath, query: ExportArgs) -> Response:
    """Have what meets a filter made into a file.

    While the file is being made the answer is 202: ask again after Retry-After.
    """
    job = callers_job(path)
    with _refusals():
        request = ExportRequest(
            job=job,
            form=path.export_form,
            args=tuple(_wanted(query).filter.to_args()),
            raw=query.raw,
            marks=_remarks(job).marks,
        )
        found = find_export(request, user_id=job.user_id)
    if isinstance(found, Failed):
        raise ServiceUnavailable(found.error)
    if isinstance(found, Ready):
        return answer(ReadyExport(url=found.url))
    response = answer(ExportUnderway(making=found.making, percent=found.percent), 202)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _wanted(query: SavedFilterArgs) -> VariantQuery:
    """Return what is asked, with the conditions of the saved filter that it names."""
    args = query.args
    if query.saved is not None:
        args |= services().saved_filters.conditions(caller().user.user_id, query.saved, args)
    return VariantQuery.from_args(args)


def _remarks(job: Job) -> Remarks:
    """Return what the caller may see of the stars and comments."""
    return services().remarks.seen_by(Reader.owner_of(job, caller().user))


def _known(job: Job) -> Tracks:
    summary = services().results.summary(job)
    return summary.known if summary else Tracks()


@contextmanager
def _refusals() -> Iterator[None]:
    """Answer with the status of each refusal of a query.

    Raises:
        HTTPException: instead of the service's exception.
    """
    try:
        yield
    except InvalidFilter as error:
        raise InvalidFields(
            FieldProblem(field=name, message=text) for name, text in error.errors.items()
        ) from error
    except NoResult as error:
        raise Conflict(str(error)) from error
    except (QueryTimeout, QueryTooLarge) as error:
        raise ServiceUnavailable(TOO_MUCH) from error
    except CacheFull as error:
        raise ServiceUnavailable(CACHE_FULL, retry_after=60) from error
