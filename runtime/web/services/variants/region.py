"""A stretch of a contig, as people write it: `MT`, `MT:3243`, `chrM:3,230-3,304`."""

import re
from typing import NamedTuple

_FORM = re.compile(r"(?P<contig>[!-9;-~]{1,200})(?::(?P<start>[\d,]+)(?:-(?P<end>[\d,]+))?)?")
MAX_POSITION = 2**40
MOST_DIGITS = 13


class Region(NamedTuple):
    """Positions `start` to `end`, from 1, both inside; None where the contig has no such bound.

    A start behind the end goes through the origin of a circular contig.
    """

    contig: str
    start: int | None = None
    end: int | None = None

    def __str__(self) -> str:
        """As it was written."""
        if self.start is None:
            return self.contig
        if self.end == self.start:
            return f"{self.contig}:{self.start}"
        return f"{self.contig}:{self.start}-{self.end}"


def read_region(text: str) -> Region:
    """Read a region.

    Raises:
        ValueError: with a sentence for the person who wrote it.
    """
    found = _FORM.fullmatch("".join(text.split()))
    if not found:
        raise ValueError("Write a region as contig:start-end, for example MT:3230-3304.")
    if found["start"] is None:
        return Region(found["contig"])
    start = _number(found["start"])
    end = _number(found["end"]) if found["end"] else start
    if not 1 <= start <= MAX_POSITION or not 1 <= end <= MAX_POSITION:
        raise ValueError("Positions of a region count from 1.")
    return Region(found["contig"], start, end)


def read_position(text: str) -> int | None:
    """Return the number that a text is as a whole; None where it is none, or far too large."""
    digits = text.replace(",", "")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= MOST_DIGITS):
        return None
    return int(digits)


def _number(text: str) -> int:
    number = read_position(text)
    if number is None:
        raise ValueError("Positions of a region are whole numbers, for example MT:3230-3304.")
    return number
