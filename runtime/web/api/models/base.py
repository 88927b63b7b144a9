"""Bases of the models: what may be sent is checked strictly, what is answered is written once."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

MAX_LIMIT = 100


def _utc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


Time = Annotated[
    datetime,
    BeforeValidator(lambda epoch: datetime.fromtimestamp(int(epoch), UTC)),
    PlainSerializer(_utc),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-29T07:15:00Z"]}),
]
"""Made of epoch seconds; written in RFC 3339."""


class Body(BaseModel):
    """Base of request bodies; unknown fields and values of another type are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Query(BaseModel):
    """Base of query strings, whose values are all text; unknown ones are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Answer(BaseModel):
    """Base of answers."""

    model_config = ConfigDict(frozen=True)


class ListQuery(Query):
    """A part of a list."""

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="Items in one answer.")] = 25
    cursor: Annotated[
        str, Field(max_length=4000, description="`next_cursor` of the answer before.")
    ] = ""


class JobPath(BaseModel):
    """The job in a URL."""

    job_id: UUID
