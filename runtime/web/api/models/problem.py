"""Errors, as RFC 9457 describes them."""

from pydantic import Field

from runtime.web.api.models.base import Answer


class FieldProblem(Answer):
    """A field that doesn't fit."""

    field: str = Field(description="Its name; a dot leads into an object.")
    message: str


class Problem(Answer):
    """What went wrong, and what to do next (RFC 9457)."""

    type: str = Field(description="A URL that explains this kind of error, or `about:blank`.")
    title: str = Field(description="The kind of error.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="A sentence about this error.")
    instance: str = Field(description="The path of the request.")
    errors: list[FieldProblem] | None = Field(
        default=None, description="Each field of the body or the query that doesn't fit."
    )
