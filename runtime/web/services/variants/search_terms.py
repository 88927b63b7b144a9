"""What people write into a search: parted into terms, and read as positions and changes."""

import re
from typing import NamedTuple

from runtime.vcf.amino_acids import THREE_LETTERS
from runtime.web.services.variants.region import Region, parse_position, parse_region

MOST_TERMS = 20
"""Of one search; what comes after them belongs to the last one, which then finds nothing."""

# A comma between digits separates thousands: 11,778. A range may be written 3,230-3,304.
_SEPARATORS = re.compile(r"\s*[;\n]\s*|,(?!\d{3}(?:\D|$))\s*")
_HGVS_PLACE = re.compile(
    r"(?:(?P<contig>[\w.*]+):)?(?P<kind>[gm])\.(?P<start>\d{1,12})(?:_(?P<end>\d{1,12}))?"
)
_RANGE = re.compile(r"(?P<start>\d[\d,]{0,15})\s*[-\u2013_]\s*(?P<end>\d[\d,]{0,15})")
_CONTIG_AND_PLACE = re.compile(r"(?P<contig>[!-~]{1,200})\s+(?P<place>\d[\d,]*(?:-[\d,]+)?)")
_PROTEIN = re.compile(r"(?:p\.)?\(?([A-Z*])(\d{1,6})([A-Z*=])\)?", re.IGNORECASE)
_PREDICTED = re.compile(r"(?P<before>.*)p\.\((?P<change>[^()]+)\)")
_OF_GENE = re.compile(r"(?P<gene>[\w.-]{1,100}):(?P<change>[cnp]\..{1,180})", re.IGNORECASE)
_DELETED = re.compile(r"(?P<name>.*\d(?:del|dup))[ACGTN]+", re.IGNORECASE)


class Place(NamedTuple):
    """Positions, both included, on a contig by the name that was written, or on any; without a name
    `mitochondrial` says that it is one of a mitochondrial genome."""

    start: int
    end: int
    contig: str | None = None
    mitochondrial: bool = False


class GeneChange(NamedTuple):
    """A change of a gene's transcript or protein: MT-ND1:c.154G>A."""

    gene: str
    change: str


def terms_of(text: str) -> list[str]:
    """Part a search into what it is for: `m.3243A>G, m.8344A>G` are two.

    Blanks part positions and changes, which have digits, and not the words of a name.
    """
    terms: list[str] = []
    for part in _SEPARATORS.split(text):
        words = part.split()
        several = len(words) > 1 and all(any(c.isdigit() for c in word) for word in words)
        if several and not _CONTIG_AND_PLACE.fullmatch(part):
            terms += words
        elif words:
            terms.append(part.strip())
    return terms[:MOST_TERMS] or [text]


def parse_place(text: str) -> Place | None:
    """Read a position or a range: `m.3243`, `NC_012920.1:m.3243`, `3243-3500`.

    None for other text, and for a number alone, which may be an identifier too.
    """
    if found := _HGVS_PLACE.fullmatch(text):
        start = int(found["start"])
        return Place(start, int(found["end"] or start), found["contig"], found["kind"] == "m")
    if found := _RANGE.fullmatch(text):
        ends = [parse_position(found[name]) for name in ("start", "end")]
        if ends[0] is not None and ends[1] is not None:
            return Place(ends[0], ends[1])
    return None


def parse_spaced_region(text: str) -> Region | None:
    """Read `chrM 3243` and `chrM 3,243-3,500`; None for other text."""
    found = _CONTIG_AND_PLACE.fullmatch(text)
    if found is None or parse_position(found["contig"]) is not None:
        return None
    try:
        return parse_region(f"{found['contig']}:{found['place']}")
    except ValueError:
        return None


def parse_protein_change(text: str) -> str | None:
    """Read a change of one amino acid in letters, and spell it as HGVS does: R340H is p.Arg340His.

    None for other text.
    """
    found = _PROTEIN.fullmatch(text)
    if found is None:
        return None
    before, number, after = found[1].upper(), found[2], found[3].upper()
    if before not in THREE_LETTERS or (after != "=" and after not in THREE_LETTERS):
        return None
    # X was long written for a stop.
    new = "=" if after == "=" else THREE_LETTERS["*" if after == "X" else after]
    return f"p.{THREE_LETTERS[before]}{number}{new}"


def parse_gene_change(text: str) -> GeneChange | None:
    """Read a change of a gene; None for other text."""
    found = _OF_GENE.fullmatch(text)
    return GeneChange(found["gene"], found["change"]) if found else None


def without_parentheses(text: str) -> str:
    """Return p.(Arg340His) as p.Arg340His, as the files have it."""
    found = _PREDICTED.fullmatch(text)
    return f"{found['before']}p.{found['change']}" if found else text


def without_deleted_bases(text: str) -> str:
    """Return m.249delA as m.249del: HGVS names don't repeat the bases."""
    found = _DELETED.fullmatch(text)
    return found["name"] if found else text
