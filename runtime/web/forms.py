"""What browsers and scripts may send; unknown fields are refused."""

from typing import TypeVar

from flask import abort, request
from pydantic import (
    BaseModel,
    ConfigDict,
    ValidationError,
)

M = TypeVar("M", bound=BaseModel)


class Form(BaseModel):
    """Base of all forms and JSON bodies."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def json_body(model: type[M]) -> M:
    """Return the request's JSON body; a body that isn't `model` ends the request with 400."""
    if not request.is_json:
        abort(400, "Send a JSON body with the content type application/json.")
    try:
        return model.model_validate_json(request.get_data())
    except ValidationError as error:
        sentences = "; ".join(
            f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}"
            for each in error.errors(include_url=False, include_input=False)
        )
        abort(400, f"The request isn't what this URL expects: {sentences}.")
