"""Annotated alleles as rows of a table, and as what a summary counts."""

from functools import partial
from typing import NamedTuple
from urllib.parse import unquote

from runtime.annotator import hgvs
from runtime.annotator.alleles import variant_class
from runtime.annotator.bundle import Bundle
from runtime.annotator.proteins import Proteins
from runtime.annotator.provenance import TagFacts
from runtime.annotator.transcripts import Transcript
from runtime.vcf.consequences import (
    INTERGENIC,
    NON_CODING,
    SO_TERMS,
    UNSPECIFIC,
    Consequence,
    Impact,
    impact_of,
    parse,
)
from runtime.vcf.padding import unpadded


class Effect(NamedTuple):
    """What an allele does, in one transcript or in none; None where nothing can be said."""

    gene: str | None = None
    transcript: str | None = None
    biotype: str | None = None
    consequence: str | None = None
    impact: Impact | None = None
    strand: int | None = None
    coding_change: str | None = None
    protein_change: str | None = None
    protein_position: int | None = None
    amino_acids: str | None = None


_NOTHING = (Effect(),)
_INTERGENIC = Effect(consequence=INTERGENIC, impact=impact_of((INTERGENIC,)))


class Allele(NamedTuple):
    """An ALT allele of a record, annotated.

    Attributes:
        number: its place in ALT, from 1.
        alt: None where ALT is '.'.
        effects: one at least.
        fields: what the tracks say, in the order of the bundle's fields.
        not_annotated: why it has no annotation, else None.
    """

    number: int
    alt: str | None
    variant_class: str | None
    effects: tuple[Effect, ...]
    fields: tuple[str | None, ...]
    not_annotated: str | None


class _Change(NamedTuple):
    """An allele on a contig of the bundle, upper case."""

    contig: str
    position: int
    ref: str
    alt: str

    @property
    def last(self) -> int:
        """Position of the last base of REF, without padding."""
        return self.position + len(unpadded(self.ref, self.alt)[0]) - 1


class AlleleReader:
    """Makes alleles from the fields of an annotated record."""

    def __init__(self, bundle: Bundle, tags: TagFacts) -> None:
        self._contigs = {name.decode(): each.name for name, each in bundle.contigs.items()}
        self._transcripts = bundle.transcripts
        self._proteins = Proteins(bundle.fasta, bundle.manifest.contigs)
        self._tags = tags
        # A result that comes back may be of an older bundle: it says nothing of a newer field.
        self._keys = [tags.fields.get(field.column) for field in bundle.fields]
        self._no_fields = (None,) * len(self._keys)

    def alleles(self, chrom: str, position: int, ref: str, alts: str, added: str) -> list[Allele]:
        """Return the alleles of a record.

        Args:
            chrom: as the record has it.
            position: from 1.
            ref: REF.
            alts: the ALT column.
            added: the part of INFO that the merge added.
        """
        info = dict([item.partition("=")[::2] for item in added.split(";")]) if added else {}
        names = alts.split(",")
        skips: list[str | None] = [None] * len(names)
        if self._tags.not_annotated in info:
            skips = _values(info[self._tags.not_annotated])
        consequences = self._by_allele(info, len(names))
        contig = self._contigs.get(chrom, "")
        found = []
        for at, alt in enumerate(names):
            change = _Change(contig, position, ref.upper(), alt.upper())
            found.append(
                Allele(
                    at + 1,
                    None if alt == "." else alt,
                    variant_class(ref.encode(), alt.encode()),
                    _NOTHING if skips[at] else self._effects(change, consequences[at]),
                    self._fields(info, at),
                    skips[at],
                )
            )
        return found

    def _fields(self, info: dict[str, str], at: int) -> tuple[str | None, ...]:
        """What the tracks say of one allele."""
        if not any(key in info for key in self._keys):
            return self._no_fields
        return tuple(
            _values(info[key])[at] if key is not None and key in info else None
            for key in self._keys
        )

    def _by_allele(self, info: dict[str, str], count: int) -> list[list[str]]:
        """The engine's consequences of each allele."""
        found: list[list[str]] = [[] for _ in range(count)]
        if self._tags.consequence in info:
            texts = info[self._tags.consequence].split(",")
            if count == 1:
                return [texts]
            numbers = info[self._tags.allele].split(",")
            for text, number in zip(texts, numbers, strict=True):
                found[int(number) - 1].append(text)
        return found

    def _effects(self, change: _Change, texts: list[str]) -> tuple[Effect, ...]:
        if texts:
            return tuple([self._effect(parse(text), change) for text in texts])
        crossed = self._transcripts.overlapping(change.contig, change.position, change.last)
        if not crossed:
            return (_INTERGENIC,)
        return tuple(
            _in_transcript(transcript, (UNSPECIFIC,), change, hgvs.NO_CHANGE)
            for transcript in crossed
        )

    def _effect(self, consequence: Consequence, change: _Change) -> Effect:
        candidates = self._candidates(consequence, change)
        terms = _terms(consequence, candidates, change)
        protein = hgvs.NO_CHANGE
        if consequence.amino_acids:
            residue: hgvs.Residue = hgvs.unknown_residue
            if len(candidates) == 1:
                residue = partial(self._proteins.residue, candidates[0])
            protein = hgvs.protein_change(consequence.names, consequence.amino_acids, residue)
        if len(candidates) == 1:
            return _in_transcript(candidates[0], terms, change, protein)
        return Effect(
            gene=consequence.gene or None,
            biotype=consequence.biotype or None,
            consequence="&".join(terms),
            impact=impact_of(terms),
            protein_change=protein.notation,
            protein_position=protein.position,
            amino_acids=protein.residues,
        )

    def _candidates(self, consequence: Consequence, change: _Change) -> list[Transcript]:
        """The transcripts that a consequence may be about: the engine doesn't always name one."""
        named = self._transcripts.by_name.get(consequence.transcript)
        if named is not None:
            return [named]
        return [
            transcript
            for transcript in self._transcripts.by_gene.get(consequence.gene, [])
            if transcript.contig == change.contig
            and transcript.start <= change.last
            and transcript.end >= change.position
            and bool(transcript.cds) != (NON_CODING in consequence.names)
        ]


def _values(text: str) -> list[str | None]:
    """Take a list of values apart, one an allele; None for '.'."""
    return [
        None if value == "." else unquote(value) if "%" in value else value
        for value in text.split(",")
    ]


def _terms(
    consequence: Consequence, candidates: list[Transcript], change: _Change
) -> tuple[str, ...]:
    """The terms, with the engine's non_coding told apart into exon and intron."""
    if NON_CODING not in consequence.names or not candidates:
        return consequence.terms
    others = [term for term in consequence.terms if term != SO_TERMS[NON_CODING]]
    if any(each.overlaps_exon(change.position, change.last) for each in candidates):
        return (*others, "non_coding_transcript_exon_variant")
    return (*others, "intron_variant", SO_TERMS[NON_CODING])


def _in_transcript(
    transcript: Transcript,
    terms: tuple[str, ...],
    change: _Change,
    protein: hgvs.ProteinChange,
) -> Effect:
    return Effect(
        transcript.gene,
        transcript.name,
        transcript.biotype,
        "&".join(terms),
        impact_of(terms),
        transcript.strand,
        hgvs.coding_change(transcript, change.position, change.ref, change.alt),
        protein.notation,
        protein.position,
        protein.residues,
    )
