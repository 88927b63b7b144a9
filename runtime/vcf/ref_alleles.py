"""Compares the REF alleles of a file's first records with references: what its header leaves open,
they often tell. The upload page has the same rules in `static/js/upload/ref_alleles.js`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from runtime.vcf.assembly import Offered

MAX_CONTRADICTIONS = 0.1
"""Share of the records whose REF may be another than the reference's."""

ENOUGH_RECORDS = 5
"""Of fewer, all may agree by chance: a base does in one case of four."""

MAX_OF_FEW = 0.5
"""Of few records half may: a wrong one of three says nothing of the assembly."""

_PLAIN = re.compile("[ACGTacgt]+")

Bases = Callable[[str, int, int], bytes]
"""Returns so many bases of a contig, from a position that counts from 1; fewer past its end."""


@dataclass(frozen=True)
class Record:
    """A record as the file has it."""

    contig: str
    position: int
    ref: str


@dataclass(frozen=True)
class Agreement:
    """How many records agree with a reference, of those on its contigs."""

    reference: str
    assembly: str
    agreeing: int
    compared: int

    @property
    def agrees(self) -> bool:
        """Whether they agree, apart from a few."""
        return self.compared > 0 and self.agreeing >= (1 - MAX_CONTRADICTIONS) * self.compared

    @property
    def disagrees(self) -> bool:
        """Whether even so few records contradict the reference that the annotator refuses them."""
        return self.compared - self.agreeing > MAX_OF_FEW * self.compared


def has_plain_bases(record: Record) -> bool:
    """Whether REF can be compared."""
    return _PLAIN.fullmatch(record.ref) is not None


def compare_refs(records: Iterable[Record], offered: Offered, bases: Bases) -> Agreement:
    """Compare records with the bases of a reference."""
    contigs = {name: each for each in offered.contigs for name in (each.name, *each.aliases)}
    agreeing = compared = 0
    for record in records:
        contig = contigs.get(record.contig)
        if contig is None:
            continue
        compared += 1
        found = bases(contig.name, record.position, len(record.ref))
        agreeing += found.upper() == record.ref.upper().encode()
    return Agreement(offered.name, offered.assembly, agreeing, compared)


def the_one_agreeing(agreements: Sequence[Agreement]) -> Agreement | None:
    """Return the only reference that enough records agree with; None if it isn't the only one."""
    found = [each for each in agreements if each.agrees]
    return found[0] if len(found) == 1 and found[0].compared >= ENOUGH_RECORDS else None


def agreement_words(agreements: Sequence[Agreement]) -> str:
    """Say how many of the first REF alleles agree with each reference; "" where none was compared.

    Such as "REF alleles that agree: 20 of 20 with GRCh37, 3 of 20 with GRCh38".
    """
    parts = [
        f"{each.agreeing:,} of {each.compared:,} with {each.assembly}"
        for each in agreements
        if each.compared
    ]
    return f"REF alleles that agree: {', '.join(parts)}" if parts else ""
