"""A region of a contig, as people write it: `MT`, `mt:3243`, `chrM:3,230-3,304`, or `3243`."""

import re
from typing import NamedTuple

from runtime.common.manifest import Contig
from runtime.common.reference import Reference

# Contig names may hold colons, such as HLA-A*01:01:01:01. What follows the last colon counts as a
# position where it is written as one. A name with colons and no position must hold an asterisk, as
# HLA's names do.
_REGION = re.compile(r"(?P<contig>[!-~]{1,200}):(?P<start>0|[1-9][\d,]*)(?:-(?P<end>[\d,]+))?")
_CONTIG = re.compile(r"(?=[^:]+$|.*\*)[!-~]{1,200}")
MAX_POSITION = 2**40
MAX_DIGITS = 13


class Region(NamedTuple):
    """Positions `start` to `end`, from 1 and both included; both None for a whole contig.

    A start after the end means a region through the origin of a circular contig.
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


class ReferenceRegion(NamedTuple):
    """A region whose contig the reference has."""

    contig: Contig
    start: int | None = None
    end: int | None = None


def parse_region(text: str) -> Region:
    """Read a region.

    Raises:
        ValueError: with a sentence for the person who wrote it.
    """
    text = "".join(text.split())
    found = _REGION.fullmatch(text)
    if found is None:
        if _CONTIG.fullmatch(text):
            return Region(text)
        raise ValueError("Write a region as contig:start-end, for example MT:3230-3304.")
    start = _number(found["start"])
    end = _number(found["end"]) if found["end"] else start
    if not 1 <= start <= MAX_POSITION or not 1 <= end <= MAX_POSITION:
        raise ValueError("Positions of a region count from 1.")
    return Region(found["contig"], start, end)


def locate(region: Region, reference: Reference) -> ReferenceRegion | None:
    """Find a region in the reference, whatever the case of its contig's name; None if absent.

    A number or a range that isn't a contig's name is a position or a range on the first contig.
    """
    if whole := reference.contig(str(region)):  # a name may look like a region
        return ReferenceRegion(whole)
    if contig := reference.contig(region.contig):
        return ReferenceRegion(contig, region.start, region.end)
    ends = parse_range(region.contig) if region.start is None else None
    return ReferenceRegion(reference.manifest.contigs[0], *ends) if ends else None


def parse_range(text: str) -> tuple[int, int] | None:
    """Read `3243` or `3,230-3,304`, without a contig; None for other text."""
    first, _, last = text.partition("-")
    start, end = parse_position(first), parse_position(last or first)
    return None if start is None or end is None else (start, end)


def parse_position(text: str) -> int | None:
    """Return the text as a number; None when it isn't one, or is far too large."""
    digits = text.replace(",", "")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= MAX_DIGITS):
        return None
    return int(digits)


def _number(text: str) -> int:
    number = parse_position(text)
    if number is None:
        raise ValueError("Positions of a region are whole numbers, for example MT:3230-3304.")
    return number
