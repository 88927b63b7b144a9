"""Proteins of transcripts, and what of them the engines don't know."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from reference.models.sequences import TranscriptBases
from reference.models.translation import CODON, STANDARD, translate

STOP, SELENOCYSTEINE = "*", "U"
START = b"ATG"


@dataclass(frozen=True)
class CodingFacts:
    """What of a transcript bears on its protein.

    Attributes:
        selenocysteines: codons (from 1) that the genes mark as read as one.
        complete: whether both ends of the CDS are known.
    """

    genetic_code: int
    biotype: str
    selenocysteines: Collection[int]
    complete: bool
    start_known: bool


@dataclass(frozen=True)
class Protein:
    """A translated CDS.

    Attributes:
        residues: without the stop codon at the end; U for selenocysteine.
        selenocysteines: codons (from 1).
        flags: what an engine's answers about this transcript may be wrong for.
    """

    residues: str
    selenocysteines: tuple[int, ...]
    flags: tuple[str, ...]

    @property
    def has_stop_inside(self) -> bool:
        return STOP in self.residues


def translate_transcript(bases: TranscriptBases, facts: CodingFacts) -> Protein:
    """Translate the CDS of a transcript.

    Ensembl's GFF3 doesn't mark selenocysteines. In a protein-coding transcript that is complete and
    in frame, a TGA that isn't the last codon is taken for one.
    """
    read = translate(bases.coding, facts.genetic_code)
    inside = [match.start() for match in re.finditer(r"\*", read[:-1])]
    marked = tuple(place + 1 for place in inside if place + 1 in facts.selenocysteines)
    found = marked or _unmarked(bases.coding, read, inside, facts)
    residues = [*read]
    for codon in found:
        residues[codon - 1] = SELENOCYSTEINE
    flags = ["selenocysteine"] if found else []
    if facts.genetic_code == STANDARD and facts.start_known and bases.coding[:CODON] != START:
        flags.append("non_ATG_start")
    return Protein("".join(residues).removesuffix(STOP), found, tuple(flags))


def _unmarked(coding: bytes, read: str, inside: list[int], facts: CodingFacts) -> tuple[int, ...]:
    whole = facts.complete and len(coding) % CODON == 0 and read.endswith(STOP)
    if not whole or facts.biotype != "protein_coding" or facts.genetic_code != STANDARD:
        return ()
    if any(coding[CODON * place : CODON * place + CODON] != b"TGA" for place in inside):
        return ()
    return tuple(place + 1 for place in inside)
