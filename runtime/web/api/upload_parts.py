"""Uploads in parts: sign parts, and say which have arrived."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response

from runtime.common.api_tokens import Scope
from runtime.web.api.access import caller, scope_required
from runtime.web.api.answers import answer
from runtime.web.api.models.base import JobPath
from runtime.web.api.models.problem import FieldProblem
from runtime.web.api.models.upload_parts import (
    ArrivedPart,
    ArrivedParts,
    PartTicket,
    SignedPartAnswer,
    SignedParts,
    WantedParts,
)
from runtime.web.api.problems import InvalidFields
from runtime.web.api.routes import group
from runtime.web.context import services
from runtime.web.services.resumable_uploads import PartUnknown
from runtime.web.services.tickets import InvalidTicket

blueprint = group("api_uploads", "Send large files in parts, and go on after a broken connection.")


@blueprint.post("/jobs/<uuid:job_id>/upload/parts", responses={200: SignedParts})
@scope_required(Scope.JOBS_WRITE)
def sign_parts(path: JobPath, body: WantedParts) -> Response:
    """Sign parts of a file.

    Send each part to its URL by PUT, within ten minutes. A part that is sent again replaces the
    earlier one.
    """
    with _refusals():
        signed = services().resumable_uploads.sign(
            caller().user, body.ticket, job_id=str(path.job_id), numbers=body.numbers
        )
    items = [SignedPartAnswer(number=each.number, size=each.size, url=each.url) for each in signed]
    return answer(SignedParts(items=items))


@blueprint.get("/jobs/<uuid:job_id>/upload", responses={200: ArrivedParts})
@scope_required(Scope.JOBS_WRITE)
def arrived(path: JobPath, query: PartTicket) -> Response:
    """Say which parts of a file have arrived, to go on with an upload that was cut off."""
    with _refusals():
        parts = services().resumable_uploads.arrived(
            caller().user, query.ticket, job_id=str(path.job_id)
        )
    return answer(
        ArrivedParts(items=[ArrivedPart(number=each.number, size=each.size) for each in parts])
    )


@contextmanager
def _refusals() -> Iterator[None]:
    """Name the field that doesn't fit.

    Raises:
        InvalidFields: instead of the service's exception.
    """
    try:
        yield
    except InvalidTicket as error:
        raise InvalidFields([FieldProblem(field="ticket", message=str(error))]) from error
    except PartUnknown as error:
        raise InvalidFields([FieldProblem(field="numbers", message=str(error))]) from error
