"""Error answers: a page that says what to do next, or one sentence as JSON for scripts."""

from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError
from flask import Flask, Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from runtime.common.log import get_logger
from runtime.web.extensions.csrf import CSRFError
from runtime.web.extensions.identity import identity
from runtime.web.services.throttle import TooMany

SIGNED_OUT = "You are signed out. Sign in again to go on."

_log = get_logger(__name__)


@dataclass(frozen=True)
class Advice:
    """What an error page says: what happened, and what to do next."""

    title: str
    what: str
    next: str


_OURS = Advice(
    "Something went wrong here",
    "The fault is ours, and it has been recorded.",
    "Try again in a minute. Jobs that were accepted go on regardless.",
)
_ADVICE = {
    400: Advice(
        "That request made no sense",
        "What the browser sent isn't what this page expects.",
        "Go back, reload the page and try again.",
    ),
    401: Advice("You are signed out", "This page is for people with an account.", "Sign in again."),
    403: Advice(
        "That isn't allowed", "You may not do this here.", "Go back to your jobs and begin again."
    ),
    404: Advice(
        "There is nothing here",
        "The address may be mistyped, or what was here belongs to another account.",
        "Look for it among your jobs.",
    ),
    405: Advice(
        "That isn't allowed", "This address can't be used that way.", "Go back to your jobs."
    ),
    409: Advice(
        "Not possible now", "The job isn't in a state that allows this.", "Look at the job's page."
    ),
    410: Advice(
        "That isn't kept any more",
        "What this needs has been deleted after its time.",
        "Upload the file again.",
    ),
    413: Advice(
        "That is too large",
        "What the browser sent is larger than this page takes.",
        "Files go through the upload page, which says how large they may be.",
    ),
    429: Advice(
        "Too many attempts",
        "There were too many attempts from your network, or for this address.",
        "Wait a while and try again.",
    ),
    500: _OURS,
    503: Advice(
        "We can't reach our storage",
        "A part of this service doesn't answer at the moment.",
        "Try again in a minute. Jobs that were accepted go on regardless.",
    ),
}


def init_app(app: Flask) -> None:
    """Answer every error of `app` here; Flask makes a 500 of what no handler knows, and logs it."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(TooMany, _too_many)
    app.register_error_handler(BotoCoreError, _storage_error)
    app.register_error_handler(ClientError, _storage_error)


def wants_json() -> bool:
    """Whether a script is asking: it sends JSON, or would rather have it than a page."""
    accepted = request.accept_mimetypes
    return request.is_json or accepted["application/json"] > accepted["text/html"]


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    # A text given to abort() is ours, for the reader; werkzeug's own is for programmers.
    own = error.description if error.description != type(error).description else None
    return _answer(error.code, sentence=own)


def _csrf_error(_error: CSRFError) -> ResponseReturnValue:
    """Tell scripts what they can do about it: nobody is signed in any more, or another session is.

    A form's page must be loaded anew in any case.
    """
    if wants_json() and identity.current_user() is None:
        return _answer(401, sentence=SIGNED_OUT)
    code = 403 if wants_json() else 400
    return _answer(code, sentence="This page had become too old. Reload it and try again.")


def _too_many(error: TooMany) -> ResponseReturnValue:
    body, code = _answer(429, sentence=f"There were too many attempts. Try again in {error.wait}.")
    return body, code, {"Retry-After": str(error.retry_after)}


def _storage_error(error: Exception) -> ResponseReturnValue:
    _log.error("AWS call failed", exc_info=error)
    return _answer(503)


def _answer(code: int, sentence: str | None = None) -> tuple[str | Response, int]:
    advice = _ADVICE.get(code, _ADVICE[400] if code < 500 else _OURS)
    sentence = sentence or advice.what
    if wants_json():
        return jsonify(error=sentence), code
    page = render_template(
        "error.html",
        code=code,
        title=advice.title,
        what=sentence,
        next=advice.next,
        request_id=g.request_id if code >= 500 else None,
    )
    return page, code
