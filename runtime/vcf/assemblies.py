"""The assemblies that files of the field are made against: names, lengths and accessions.

The facts are in `data/assemblies.json`, which names their sources. The upload page reads the same
file (`static/js/upload/assembly.js`).
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FACTS = Path(__file__).with_name("data") / "assemblies.json"

_MITOCHONDRION = frozenset({"mt", "m", "chrm", "chrmt"})


@dataclass(frozen=True)
class KnownSequence:
    """A sequence of an assembly; `accession` is RefSeq's, or GenBank's where RefSeq has none."""

    length: int
    accession: str
    mitochondrial: bool

    def is_called(self, contig: str) -> bool:
        """Whether a contig's name is its accession."""
        return self.accession.lower() == contig.lower()


@dataclass(frozen=True)
class Assembly:
    """A build of a genome.

    Attributes:
        name: as its makers call it; empty in one that only the service knows.
        title: for people, with the other usual name.
        named: matches text that names it.
        contig_names: matches names that only its contigs have; None where there are none.
        sequences: by name in lower case: 1, chr1, the accession.
    """

    name: str
    title: str
    named: re.Pattern[str]
    contig_names: re.Pattern[str] | None
    sequences: dict[str, KnownSequence]

    @property
    def nuclear(self) -> bool:
        """Whether it has more than a mitochondrial genome."""
        return any(not each.mitochondrial for each in self.sequences.values())

    def find(self, contig: str) -> KnownSequence | None:
        """Return the sequence that a file calls `contig`, in any case."""
        return self.sequences.get(contig.lower())


def is_mitochondrial(contig: str) -> bool:
    """Whether a contig's name is that of a mitochondrial genome."""
    return contig.lower() in _MITOCHONDRION


def naming(words: str) -> re.Pattern[str]:
    """Return what finds any of `words` (alternatives of an expression) in a text, as a word."""
    return re.compile(rf"(?:^|[^a-z0-9])(?:{words})(?![0-9])", re.IGNORECASE)


@cache
def assembly_facts() -> dict[str, Any]:
    """Return the content of `data/assemblies.json`."""
    facts: dict[str, Any] = json.loads(_FACTS.read_text())
    return facts


@cache
def known_assemblies() -> tuple[Assembly, ...]:
    """Return the assemblies of `data/assemblies.json`, in its order."""
    return tuple(_assembly(facts) for facts in assembly_facts()["assemblies"])


def _assembly(facts: dict[str, Any]) -> Assembly:
    sequences: dict[str, KnownSequence] = {}
    for key, (length, accession) in facts["sequences"].items():
        sequence = KnownSequence(length, accession, mitochondrial=key == "MT")
        names = _MITOCHONDRION if sequence.mitochondrial else {key.lower(), f"chr{key.lower()}"}
        sequences |= dict.fromkeys([*names, accession.lower()], sequence)
    pattern = facts["contig_names"]
    return Assembly(
        name=facts["name"],
        title=facts["title"],
        named=naming(facts["named"]),
        contig_names=re.compile(pattern, re.IGNORECASE) if pattern else None,
        sequences=sequences,
    )


def the_one_named(text: str, assemblies: Iterable[Assembly]) -> Assembly | None:
    """Return the assembly that a text names; None when it names none, or several genomes.

    A mitochondrial genome counts only beside no other: hg19 with the rCRS for its chrM is hg19.
    """
    found = [each for each in assemblies if each.named.search(text)]
    found = [each for each in found if each.nuclear] or found
    return found[0] if len(found) == 1 else None


def sequence_of(contig: str, length: int, assemblies: Sequence[Assembly]) -> KnownSequence | None:
    """Return the first sequence of any assembly that has this name and length."""
    found = (each.find(contig) for each in assemblies)
    return next((each for each in found if each and each.length == length), None)
