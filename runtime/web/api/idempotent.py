"""The header Idempotency-Key: a request that is sent twice creates one thing."""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Response, abort, request
from werkzeug.exceptions import BadRequest, UnprocessableEntity

from runtime.web.api.access import caller
from runtime.web.api.answers import JSON
from runtime.web.context import services
from runtime.web.extensions.audit import nothing_changed
from runtime.web.services.idempotency import KeptAnswer, KeyBusy, KeyReused

P = ParamSpec("P")

HEADER = "Idempotency-Key"
MAX_KEY = 255
_ATTRIBUTE = "idempotent"


def is_idempotent(view: Callable[..., object]) -> bool:
    """Whether a view takes the header."""
    return getattr(view, _ATTRIBUTE, False)


def idempotent(view: Callable[P, Response]) -> Callable[P, Response]:
    """Answer a repeated request with the same key as the first one, for 24 hours.

    Only what succeeded is kept: a refused request created nothing, and may be sent again.
    """

    @wraps(view)
    def once(*args: P.args, **kwargs: P.kwargs) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return view(*args, **kwargs)
        kept = _begin(key)
        if kept is not None:
            nothing_changed()
            again = Response(kept.body, status=kept.status, mimetype=JSON)
            again.headers["Idempotency-Replayed"] = "true"
            return again
        return _keep(key, lambda: view(*args, **kwargs))

    setattr(once, _ATTRIBUTE, True)
    return once


def _begin(key: str) -> KeptAnswer | None:
    if not 0 < len(key) <= MAX_KEY:
        raise BadRequest(f"{HEADER} has 1 to {MAX_KEY} characters.")
    try:
        return services().idempotency.begin(caller().user.user_id, key, _asked())
    except KeyReused as error:
        raise UnprocessableEntity(
            f"This {HEADER} was sent with another request. Use a new one for each request."
        ) from error
    except KeyBusy:
        abort(409, f"The first request with this {HEADER} isn't done yet. Ask again in a second.")


def _asked() -> str:
    """Return all that makes the request what it is.

    Of a form its fields and files: what stands between them (the boundary) differs each time, and
    the body is gone once it has been read as a form.
    """
    files = []
    for name, file in request.files.items(multi=True):
        files.append((name, file.filename, hashlib.sha256(file.stream.read()).hexdigest()))
        file.stream.seek(0)
    form = [*request.form.items(multi=True)]
    said = [request.method, request.path, request.get_data(as_text=True), form, files]
    return json.dumps(said)


def _keep(key: str, make: Callable[[], Response]) -> Response:
    user_id = caller().user.user_id
    try:
        response = make()
    except BaseException:
        services().idempotency.give_up(user_id, key)
        raise
    kept = KeptAnswer(response.status_code, response.get_data(as_text=True))
    services().idempotency.keep(user_id, key, kept)
    return response
