"""Finds the assembly that a VCF was made against, and which of the references offered fit it.

What is found first counts: lengths of contigs, their accessions, `assembly=` of ##contig lines,
##reference, names of contigs. The upload page has the same rules in `static/js/upload/assembly.js`;
`tests/unit/vcf/assembly-cases.json` holds both to them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from runtime.vcf.assemblies import (
    Assembly,
    KnownSequence,
    is_mitochondrial,
    known_assemblies,
    naming,
    sequence_of,
    the_one_named,
)
from runtime.vcf.assembly_evidence import Evidence, evidence
from runtime.vcf.file_facts import FileFacts


class OfferedContig(Protocol):
    """A contig of a reference, as `runtime.common.manifest.Contig` describes it."""

    @property
    def name(self) -> str: ...
    @property
    def aliases(self) -> Sequence[str]: ...
    @property
    def length(self) -> int: ...
    @property
    def accession(self) -> str | None: ...


class Offered(Protocol):
    """A reference that is offered, as `runtime.common.manifest.Manifest` describes it."""

    @property
    def name(self) -> str: ...
    @property
    def assembly(self) -> str: ...
    @property
    def contigs(self) -> Sequence[OfferedContig]: ...


class Verdict(StrEnum):
    """Whether it is clear which reference a file needs."""

    FOUND = "found"
    OPEN = "open"
    NONE = "none"


@dataclass(frozen=True)
class Detection:
    """The outcome.

    Attributes:
        assembly: the file's, for people; empty when nothing tells it.
        evidence: what tells it, the best first; the rest may tell other assemblies.
        fits: names of the references offered that fit, the best first.
        verdict: whether it is clear which of them to take.
        others: by reference, the file's contigs that it has by name, but as another sequence.
    """

    assembly: str
    evidence: tuple[Evidence, ...]
    fits: tuple[str, ...]
    verdict: Verdict
    others: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class _Fit:
    """How a file fits a reference: `good` are contigs that both have."""

    offered: Offered
    same_assembly: bool
    good: tuple[str, ...]
    others: tuple[str, ...]


def detect(facts: FileFacts, offered: Sequence[Offered]) -> Detection:
    """Find the assembly of a file, and which of the references fit it."""
    known = known_assemblies()
    of_offered = {each.name: _assembly_of(each, known) for each in offered}
    custom = [each for each in of_offered.values() if each not in known]
    found = evidence(facts, [*known, *custom])
    told = found[0].assembly if found else None
    fits = [_fit(facts, told, each, of_offered[each.name]) for each in offered]
    good = [each for each in fits if each.good and len(each.good) >= len(each.others)]
    good.sort(key=lambda each: (not each.same_assembly, -len(each.good)))
    return Detection(
        assembly=told.title if told else "",
        evidence=tuple(found),
        fits=tuple(each.offered.name for each in good),
        verdict=_verdict(good, of_offered),
        others={each.offered.name: each.others for each in fits},
    )


def _assembly_of(offered: Offered, known: Sequence[Assembly]) -> Assembly:
    """The assembly of a reference: a known one, or one made of its own contigs."""
    named = the_one_named(offered.assembly, known)
    if named:
        return named
    sequences = {
        name.lower(): KnownSequence(
            contig.length,
            contig.accession or f"{contig.name} of {offered.name}",
            mitochondrial=any(map(is_mitochondrial, (contig.name, *contig.aliases))),
        )
        for contig in offered.contigs
        for name in (contig.name, *contig.aliases)
    }
    words = "|".join(map(re.escape, (offered.assembly, offered.name)))
    return Assembly(offered.assembly, offered.assembly, naming(words), None, sequences)


def _fit(facts: FileFacts, told: Assembly | None, offered: Offered, own: Assembly) -> _Fit:
    contigs = {name: each for each in offered.contigs for name in (each.name, *each.aliases)}
    names = [name for name in facts.seen or facts.lengths if name in contigs]
    told_of = (*_named_mitochondria(facts), *([told] if told else []))
    assemblies = (*told_of, *known_assemblies(), own)

    def is_the_same(name: str) -> bool:
        """Whether the contig is the reference's of that name, as far as can be told."""
        length, contig = facts.lengths.get(name, 0), contigs[name]
        in_file = _accession_in_file(name, length, assemblies, told_of)
        here = _accession_offered(contig, own, assemblies)
        return in_file == here if in_file and here else length in (0, contig.length)

    another_build = told and told.nuclear and own.nuclear and told != own
    good = () if another_build else tuple(filter(is_the_same, names))
    same = set(good)
    others = tuple(name for name in names if name not in same)
    return _Fit(offered, told == own, good, others)


def _named_mitochondria(facts: FileFacts) -> list[Assembly]:
    """The mitochondrial genome that a header names beside another, as in chm13v2.0_rCRS.fa."""
    alone = [each for each in known_assemblies() if not each.nuclear]
    texts = (facts.reference, *facts.assemblies)
    return [each for each in alone if any(each.named.search(text) for text in texts)]


def _accession_in_file(
    name: str, length: int, assemblies: Sequence[Assembly], told_of: Sequence[Assembly]
) -> str:
    by_name = (each.find(name) for each in assemblies)
    sequence = next((each for each in by_name if each and each.is_called(name)), None)
    if sequence is None and length:
        sequence = sequence_of(name, length, assemblies)
    elif sequence is None:
        sequence = next(filter(None, (each.find(name) for each in told_of)), None)
    return sequence.accession if sequence else ""


def _accession_offered(contig: OfferedContig, own: Assembly, assemblies: Sequence[Assembly]) -> str:
    """The accession as the known assemblies have it, so that both sides use the same kind."""
    for name in (contig.accession, contig.name, *contig.aliases):
        found = own.find(name) if name else None
        # A reference may hold a piece of a chromosome, but never of a mitochondrial genome.
        if found and (found.length == contig.length or not found.mitochondrial):
            return found.accession
    sequence = sequence_of(contig.name, contig.length, assemblies)
    return sequence.accession if sequence else ""


def _verdict(good: Sequence[_Fit], of_offered: Mapping[str, Assembly]) -> Verdict:
    """Open where another reference fits as well, and has other sequences by the same names."""
    if not good:
        return Verdict.NONE
    best = good[0]
    for each in good[1:]:
        as_well = (each.same_assembly, len(each.good)) == (best.same_assembly, len(best.good))
        if as_well and _differ(best, each, of_offered):
            return Verdict.OPEN
    return Verdict.FOUND


def _differ(one: _Fit, other: _Fit, of_offered: Mapping[str, Assembly]) -> bool:
    def sequences(fit: _Fit) -> list[tuple[str, int]]:
        contigs = {name: c for c in fit.offered.contigs for name in (c.name, *c.aliases)}
        own = of_offered[fit.offered.name]
        return [
            (_accession_offered(contigs[name], own, known_assemblies()), contigs[name].length)
            for name in one.good
            if name in contigs
        ]

    return sequences(one) != sequences(other)
