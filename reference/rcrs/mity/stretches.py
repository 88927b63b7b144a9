"""Named stretches outside of genes: the control region's, the origins, what lies between genes."""

from collections import defaultdict
from dataclasses import dataclass

from reference.rcrs.mity.alleles import Refusal
from reference.rcrs.mity.sdist import SourcePackage

_LIST = "mito_dna_func_loc"

CONTROL_REGION = (16_024, 576)
"""`D-loop` of GenBank NC_012920.1: from its start through the origin to its end."""

# The list's words, and the names that the field uses.
_NAMES = {
    "Hypervariable segment 1 [classic:16024-16365]": "HVS1",
    "Hypervariable segment 2 [classic:73-340 ]": "HVS2",
    "Hypervariable segment 3": "HVS3",
    "H-strand origin": "OriH",
    "H-strand origins": "OriH",
    "L-strand origin": "OriL",
    "Conserved sequence block 1": "CSB1",
    "Conserved sequence block 2": "CSB2",
    "Conserved sequence block 3": "CSB3",
    "termination-associated sequence": "TAS",
    "extended termination-associated sequence": "ETAS",
    "L-strand promoter": "LSP",
    "Major H-strand promoter": "HSP1",
    "Minor H-strand promoter": "HSP2",
    "mtTF1 binding site": "mtTF1 binding site",
    "replication primer": "replication primer",
    "mt3 H-strand control element": "mt3 H-strand control element",
    "mt4 H-strand control element": "mt4 H-strand control element",
    "L-strand control element": "L-strand control element",
    "control element": "control element",
    "Transcription terminator": "transcription terminator",
    "non-coding nucleotides": "between genes",
    "non-coding nucleotide": "between genes",
}
_WRAPPED = {
    "Control Region": "the list has the bases outside of it; GenBank's D-loop is used",
    "7S DNA": "it lies across position 1, and the list has other bases",
    "membrane attachment site": "it lies across position 1, and the list has the bases outside",
}
"""Stretches across position 1, whose ends the list has in the wrong order."""


@dataclass(frozen=True, order=True)
class Stretch:
    """Bases from `start` to `end`, both inside, from 1."""

    start: int
    end: int
    name: str
    description: str


def stretches(package: SourcePackage, length: int, refusals: list[Refusal]) -> list[Stretch]:
    """Read the list, which has a line a base; genes are left to the table of genes.

    Args:
        package: the source.
        length: of the sequence.
        refusals: gets what isn't carried over.
    """
    start, end = CONTROL_REGION
    found = [
        Stretch(1, end, "control region", "D-loop of GenBank NC_012920.1"),
        Stretch(start, length, "control region", "D-loop of GenBank NC_012920.1"),
    ]
    for words, bases in _bases(package).items():
        if words in _WRAPPED:
            place = f"{min(bases)} to {max(bases)}"
            refusals.append(Refusal(_LIST, f"{words} ({place})", _WRAPPED[words]))
        elif words in _NAMES:
            found += [Stretch(*ends, _NAMES[words], words) for ends in _runs(bases)]
    return sorted(found)


def _bases(package: SourcePackage) -> dict[str, list[int]]:
    places = defaultdict(list)
    for position, columns in package.bases(_LIST):
        for words in columns[-1].strip('"').split(";"):
            places[words].append(position)
    return places


def _runs(bases: list[int]) -> list[tuple[int, int]]:
    """First and last of each run of bases."""
    runs: list[tuple[int, int]] = []
    for base in sorted(set(bases)):
        if runs and runs[-1][1] == base - 1:
            runs[-1] = (runs[-1][0], base)
        else:
            runs.append((base, base))
    return runs
