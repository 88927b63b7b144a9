"""Uploads in parts."""

from typing import Annotated

from pydantic import Field, StringConstraints

from runtime.web.api.models.base import Answer, Body, Query
from runtime.web.services.resumable_uploads import MOST_NUMBERS

TicketText = Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class Parts(Answer):
    """How a file is cut: the first bytes are part 1, and the last part holds the rest."""

    part_size: int = Field(description="Bytes of each part but the last.")
    parts: int


class WantedParts(Body):
    """Parts that are to be sent."""

    ticket: TicketText = Field(description="As POST /api/v1/jobs answered it.")
    numbers: Annotated[list[int], Field(min_length=1, max_length=MOST_NUMBERS)] = Field(
        description="Numbers of the parts, from 1."
    )


class PartTicket(Query):
    """Which upload is meant."""

    ticket: TicketText = Field(description="As POST /api/v1/jobs answered it.")


class SignedPartAnswer(Answer):
    """Where one part is sent to: one PUT of exactly `size` bytes."""

    number: int
    size: int
    url: str


class SignedParts(Answer):
    """Where parts are sent to."""

    items: list[SignedPartAnswer]


class ArrivedPart(Answer):
    """A part that has arrived."""

    number: int
    size: int


class ArrivedParts(Answer):
    """The parts that have arrived."""

    items: list[ArrivedPart]
