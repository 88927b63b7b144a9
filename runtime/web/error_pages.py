"""Error responses: a page that says what to do next, or a sentence as JSON for scripts."""

from collections.abc import Callable
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError
from flask import Flask, Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, ServiceUnavailable, TooManyRequests

from runtime.common.log import get_logger
from runtime.web.api.ga4gh_errors import ga4gh_error
from runtime.web.api.problems import problem
from runtime.web.extensions.csrf import CSRFError
from runtime.web.extensions.identity import identity
from runtime.web.services.rate_limit import TooManyAttempts

SIGNED_OUT = "You are signed out. Sign in again to continue."

FORMATS: dict[str, Callable[[HTTPException], Response]] = {
    "/api/": problem,
    "/ga4gh/": ga4gh_error,
}
"""How errors are answered under paths that aren't for browsers."""

_log = get_logger(__name__)


@dataclass(frozen=True)
class ErrorText:
    """What an error page says: what happened, and what to do next."""

    title: str
    what: str
    next: str


_OURS = ErrorText(
    "Something went wrong here",
    "The error is ours, and it has been logged.",
    "Try again in a minute. Jobs that were accepted continue.",
)
_TEXTS = {
    400: ErrorText(
        "We couldn't understand that request",
        "The browser sent something that this page doesn't expect.",
        "Go back, reload the page and try again.",
    ),
    401: ErrorText(
        "You are signed out", "This page is for people with an account.", "Sign in again."
    ),
    403: ErrorText(
        "That isn't allowed",
        "You aren't allowed to do this here.",
        "Go back to your jobs and start again.",
    ),
    404: ErrorText(
        "Page not found",
        "The address may be mistyped, or the page belongs to another account.",
        "Look for it in your jobs.",
    ),
    405: ErrorText(
        "That isn't allowed",
        "This page doesn't accept that kind of request.",
        "Go back to your jobs.",
    ),
    409: ErrorText(
        "Not possible now", "The job isn't in a state that allows this.", "Look at the job's page."
    ),
    410: ErrorText(
        "That has expired",
        "The file that this needs has been deleted.",
        "Upload the file again.",
    ),
    413: ErrorText(
        "That is too large",
        "The browser sent more than this page accepts.",
        "Use the upload page for files. It says how large they may be.",
    ),
    429: ErrorText(
        "Too many at once",
        "There were too many attempts from your network, or for this address.",
        "Wait a while and try again.",
    ),
    500: _OURS,
    503: ErrorText(
        "We can't reach our storage",
        "A part of this service isn't responding at the moment.",
        "Try again in a minute. Jobs that were accepted continue.",
    ),
}


def init_app(app: Flask) -> None:
    """Handle every error of `app` here; Flask turns other exceptions into a 500, and logs them."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(TooManyAttempts, _too_many)
    app.register_error_handler(BotoCoreError, _storage_error)
    app.register_error_handler(ClientError, _storage_error)


def wants_json() -> bool:
    """Whether a script is asking: it sends JSON, or prefers JSON to a page."""
    accepted = request.accept_mimetypes
    return request.is_json or accepted["application/json"] > accepted["text/html"]


def _own_format() -> Callable[[HTTPException], Response] | None:
    """How errors under this request's path are answered, where not as a page."""
    for start, formatted in FORMATS.items():
        if request.path.startswith(start):
            return formatted
    return None


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    if (formatted := _own_format()) is not None:
        return formatted(error)
    # A text given to abort() is ours, for users; werkzeug's own is for programmers.
    own = error.description if error.description != type(error).description else None
    return _answer(error.code, sentence=own)


def _csrf_error(_error: CSRFError) -> ResponseReturnValue:
    """Tell scripts what happened: nobody is signed in any more, or somebody in another session.

    The page of a form must be reloaded in any case.
    """
    if wants_json() and identity.current_user() is None:
        return _answer(401, sentence=SIGNED_OUT)
    code = 403 if wants_json() else 400
    return _answer(code, sentence="This page is too old. Reload it and try again.")


def _too_many(error: TooManyAttempts) -> ResponseReturnValue:
    sentence = f"Too many attempts. Try again in {error.wait}."
    if (formatted := _own_format()) is not None:
        return formatted(TooManyRequests(sentence, retry_after=error.retry_after))
    body, code = _answer(429, sentence=sentence)
    return body, code, {"Retry-After": str(error.retry_after)}


def _storage_error(error: Exception) -> ResponseReturnValue:
    _log.error("AWS call failed", exc_info=error)
    if (formatted := _own_format()) is not None:
        return formatted(ServiceUnavailable())
    return _answer(503)


def _answer(code: int, sentence: str | None = None) -> tuple[str | Response, int]:
    text = _TEXTS.get(code, _TEXTS[400] if code < 500 else _OURS)
    sentence = sentence or text.what
    if wants_json():
        return jsonify(error=sentence), code
    page = render_template(
        "error.html",
        code=code,
        title=text.title,
        what=sentence,
        next=text.next,
        request_id=g.request_id if code >= 500 else None,
    )
    return page, code
