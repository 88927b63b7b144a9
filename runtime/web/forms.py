"""What browsers and scripts may send, and nothing else: unknown fields are refused."""

from typing import Annotated, TypeVar

from flask import abort, request
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from runtime.web.email_address import as_registered

M = TypeVar("M", bound=BaseModel)

MAX_TARGET_LENGTH = 2000
"""Of the page that signing in leads to."""


class Form(BaseModel):
    """Base of all that comes in."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class SignIn(Form):
    """The sign-in form. A password's length is bounded, for hashing a long one costs us time."""

    email: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=3, max_length=254),
        AfterValidator(as_registered),
    ]
    password: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    next: Annotated[str, StringConstraints(max_length=MAX_TARGET_LENGTH)] = ""
    csrf_token: str = ""


class NewUpload(Form):
    """A file that the browser is about to upload. `size` is in bytes."""

    file_name: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    size: Annotated[int, Field(ge=0)]


class CardAttempt(Form):
    """The browser's name for one try to set up a card: the same name gets the same intent."""

    attempt: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class CardSetUp(Form):
    """A card that Stripe.js has set up, by Stripe's id of the setup."""

    setup_intent: Annotated[str, StringConstraints(pattern=r"^seti_[A-Za-z0-9_]{1,200}$")]


def json_body(model: type[M]) -> M:
    """Return the request's JSON body; a body that isn't `model` ends the request with 400."""
    if not request.is_json:
        abort(400, "Send a JSON body with the content type application/json.")
    try:
        return model.model_validate_json(request.get_data())
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'body'}: {fault['msg']}"
            for fault in error.errors(include_url=False, include_input=False)
        )
        abort(400, f"The request isn't what this address expects: {faults}.")
