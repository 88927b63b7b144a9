"""Errors of GA4GH's services, in the form that WES and DRS share."""

from flask import Response
from werkzeug.exceptions import HTTPException

from runtime.web.api.answers import JSON
from runtime.web.api.models.drs_models import Ga4ghError

OURS = "The error is ours, and it has been logged. Try again in a minute."
_OWN_HEADERS = frozenset({"content-type", "content-length"})


class Ga4ghDelayed(HTTPException):
    """DRS's answer 202: the object will be there later. It ends a request as errors do."""

    code = 202

    def __init__(self, sentence: str, *, retry_after: int) -> None:
        response = _written(sentence, 202)
        response.headers["Retry-After"] = str(retry_after)
        super().__init__(sentence, response=response)


def ga4gh_error(error: HTTPException) -> Response:
    """Return an error in the form of WES and DRS, with the headers that it carries."""
    code = error.code or 500
    sentence = OURS if code >= 500 and not error.description else str(error.description)
    response = _written(sentence, code)
    for name, value in error.get_headers():
        if name.lower() not in _OWN_HEADERS:
            response.headers[name] = value
    return response


def _written(sentence: str, code: int) -> Response:
    body = Ga4ghError(msg=sentence, status_code=code).model_dump_json()
    return Response(body, status=code, mimetype=JSON)
