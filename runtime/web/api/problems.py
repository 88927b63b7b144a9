"""Every error under /api as a problem document: https://www.rfc-editor.org/rfc/rfc9457"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from json import JSONDecodeError
from typing import NoReturn

from flask import Response, current_app, request
from pydantic import ValidationError
from werkzeug.exceptions import BadRequest, HTTPException, UnsupportedMediaType

from runtime.web.api.models.problem import FieldProblem, Problem

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """A kind of error: its anchor on the page of the API, its title, and what to do about it."""

    anchor: str
    title: str
    advice: str


KINDS = {
    400: Kind("bad-request", "Bad request", "The request doesn't fit this URL. See `errors`."),
    401: Kind("no-token", "No valid token", "Send a token that is valid: Authorization: Bearer …"),
    403: Kind("missing-scope", "Scope missing", "Make a token with the scope that is named."),
    404: Kind("not-found", "Not found", "There is no such thing, or it is another account's."),
    405: Kind("method", "Method not allowed", "The header Allow names the methods of this URL."),
    409: Kind("conflict", "Not possible now", "Look at the job's state first."),
    413: Kind("too-large", "Too large", "Send less: the file or the body is larger than allowed."),
    415: Kind("media-type", "Not JSON", "Send JSON, with the content type application/json."),
    422: Kind("idempotency-key", "Key used before", "Send another Idempotency-Key."),
    429: Kind("too-many", "Too many requests", "Wait for as long as Retry-After says."),
    500: Kind("internal-error", "Internal error", "The error is ours and was logged. Try again."),
    503: Kind("unavailable", "Unavailable", "A part of this service isn't responding. Try again."),
}
PLAIN = {"extra_forbidden": "there is no such field"}
"""What is said in place of pydantic's sentence."""

_OWN_HEADERS = frozenset({"content-type", "content-length"})


class InvalidFields(BadRequest):
    """Fields of the body or the query don't fit."""

    def __init__(self, fields: Iterable[FieldProblem]) -> None:
        self.fields = list(fields)
        super().__init__(" ".join(map(_sentence, self.fields)))


def problem(error: HTTPException) -> Response:
    """Return the problem document of an error, with the headers that the error carries."""
    code = error.code or 500
    kind = KINDS.get(code) or KINDS[400 if code < 500 else 500]
    # A text given to abort() is ours, for users; werkzeug's own is for programmers.
    own = error.description if error.description != type(error).description else None
    document = Problem(
        type=f"{current_app.config['SITE_URL']}/help/api#{kind.anchor}",
        title=kind.title,
        status=code,
        detail=own or kind.advice,
        instance=request.path,
        errors=error.fields if isinstance(error, InvalidFields) else None,
    )
    response = Response(
        document.model_dump_json(exclude_none=True), status=code, mimetype=MEDIA_TYPE
    )
    for name, value in error.get_headers():
        if name.lower() not in _OWN_HEADERS:
            response.headers[name] = value
    return response


def refuse_unreadable(read: Callable[[], object]) -> None:
    """End the request if `read` finds JSON that Python can't hold. What isn't JSON is let through.

    flask_openapi3 reads bodies and forms as JSON, and expects no other error than of that.

    Raises:
        BadRequest: it has too many levels, or too long a number.
    """
    try:
        read()
    except JSONDecodeError:
        return
    except (RecursionError, ValueError) as error:
        raise BadRequest("The JSON has too many levels, or too long a number.") from error


def refuse_invalid(error: ValidationError) -> NoReturn:
    """End the request whose body, query or path didn't fit its model.

    Raises:
        UnsupportedMediaType: a body was expected, and isn't JSON.
        BadRequest: it can't be read.
        InvalidFields: fields don't fit.
    """
    if request.method in ("POST", "PUT", "PATCH") and not _is_readable():
        raise UnsupportedMediaType(KINDS[415].advice) from error
    if request.is_json and request.get_json(silent=True) is None:
        raise BadRequest("The body isn't a JSON object.") from error
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    raise InvalidFields(
        FieldProblem(
            field=".".join(map(str, each["loc"])) or "body",
            message=PLAIN.get(each["type"], each["msg"].removeprefix("Value error, ")),
        )
        for each in faults
    ) from error


def _sentence(fault: FieldProblem) -> str:
    """A message of ours is a sentence already; one of pydantic's says nothing without its field."""
    if fault.message.endswith("."):
        return fault.message
    return f"{fault.field}: {fault.message}."


def _is_readable() -> bool:
    """Whether a body is JSON, or the form of a WES run."""
    return request.is_json or request.mimetype == "multipart/form-data"
