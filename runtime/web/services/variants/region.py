"""A stretch of a contig, as people write it: `MT`, `mt:3243`, `chrM:3,230-3,304`, or `3243`."""

import re
from typing import NamedTuple

from runtime.common.manifest import Contig
from runtime.common.reference import Reference

# Names may have colons, HLA-A*01:01:01:01 is one: what the last is of counts as a position where it
# is written as one. Without a position, only the names of HLA, which have an asterisk, may.
_PLACE = re.compile(r"(?P<contig>[!-~]{1,200}):(?P<start>0|[1-9][\d,]*)(?:-(?P<end>[\d,]+))?")
_CONTIG = re.compile(r"(?=[^:]+$|.*\*)[!-~]{1,200}")
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


class Place(NamedTuple):
    """A region on the reference."""

    contig: Contig
    start: int | None = None
    end: int | None = None


def read_region(text: str) -> Region:
    """Read a region.

    Raises:
        ValueError: with a sentence for the person who wrote it.
    """
    text = "".join(text.split())
    found = _PLACE.fullmatch(text)
    if found is None:
        if _CONTIG.fullmatch(text):
            return Region(text)
        raise ValueError("Write a region as contig:start-end, for example MT:3230-3304.")
    start = _number(found["start"])
    end = _number(found["end"]) if found["end"] else start
    if not 1 <= start <= MAX_POSITION or not 1 <= end <= MAX_POSITION:
        raise ValueError("Positions of a region count from 1.")
    return Region(found["contig"], start, end)


def place_of(region: Region, reference: Reference) -> Place | None:
    """Return where a region is, its contig's name in any case; None where the reference has none.

    What is no contig's name but a number is a position of the first contig.
    """
    if whole := reference.contig(str(region)):  # a name may look like a region
        return Place(whole)
    if contig := reference.contig(region.contig):
        return Place(contig, region.start, region.end)
    position = read_position(region.contig) if region.start is None else None
    if position is None:
        return None
    return Place(reference.manifest.contigs[0], position, position)


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
