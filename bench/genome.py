"""Invented genomes: random sequence with genes whose proteins have no stop codon inside.

A genome repeats one layout: a gene every so many bases, on both strands in turn. All bases differ
from gene to gene. The seed is fixed, so a shape always gives the same files.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

SEED = 20_240_229
LINE_BASES = 60

# The human chromosomes in megabases, rounded: 1 to 22, X, Y.
_HUMAN = (
    *(248, 242, 198, 190, 182, 171, 159, 145, 138, 134, 135, 133),
    *(114, 107, 102, 90, 83, 80, 59, 64, 47, 51, 156, 57),
)
_NAMES = (*map(str, range(1, 23)), "X", "Y")

_BASES = np.frombuffer(b"ACGT", np.uint8)
_COMPLEMENT = np.zeros(256, np.uint8)
_COMPLEMENT[_BASES] = _BASES[::-1]
_SENSE = np.array(
    [
        list(f"{a}{b}{c}".encode())
        for a in "ACGT"
        for b in "ACGT"
        for c in "ACGT"
        if f"{a}{b}{c}" not in ("TAA", "TAG", "TGA")
    ],
    np.uint8,
)
_START, _STOP = np.frombuffer(b"ATG", np.uint8), np.frombuffer(b"TAA", np.uint8)

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Shape:
    """The layout of a genome. All lengths are in bases.

    Attributes:
        contigs: length by name.
        spacing: from the start of one gene's stretch to the next.
        exons: exons of a gene.
        coding: bases of an exon that are coding, on average.
        untranslated: bases before the start codon and behind the stop codon.
        intron: bases of an intron.
        transcripts: of a gene. The first has all exons; others begin at later ones, and each
            fourth has no CDS and may end early.
    """

    contigs: Mapping[str, int]
    spacing: int
    exons: int
    coding: int
    untranslated: tuple[int, int]
    intron: int
    transcripts: int

    @cached_property
    def exon_spans(self) -> list[tuple[int, int]]:
        """Begin and end of each exon in a gene's stretch, from 0, end excluded."""
        spans = [(begin, end) for begin, end in self.coding_spans]
        before, behind = self.untranslated
        spans[0] = (spans[0][0] - before, spans[0][1])
        spans[-1] = (spans[-1][0], spans[-1][1] + behind)
        return spans

    @cached_property
    def coding_spans(self) -> list[tuple[int, int]]:
        """The same of the coding part of each exon, of whole codons in total."""
        lengths = [self.coding + number % 3 - 1 for number in range(self.exons)]
        lengths[-1] -= sum(lengths) % 3
        at = (self.spacing - self.gene_bases) // 2 + self.untranslated[0]
        spans = []
        for length in lengths:
            spans.append((at, at + length))
            at += length + self.intron
        return spans

    @property
    def gene_bases(self) -> int:
        """From a gene's first base to its last, roughly."""
        return sum(self.untranslated) + self.exons * self.coding + (self.exons - 1) * self.intron

    def first_codons(self) -> list[int]:
        """The first whole codon of each exon, as its number in the CDS."""
        before, codons = 0, []
        for begin, end in self.coding_spans:
            codons.append(-(-before // 3))
            before += end - begin
        return codons


DENSE = Shape(
    contigs={"1": 1_000_000},
    spacing=10_000,
    exons=10,
    coding=180,
    untranslated=(200, 800),
    intron=720,
    transcripts=10,
)
"""A megabase of coding genes: some 6 effects an allele."""

HUMAN = Shape(
    contigs={name: each * 1_000_000 for name, each in zip(_NAMES, _HUMAN, strict=True)},
    spacing=160_000,
    exons=12,
    coding=200,
    untranslated=(300, 1_300),
    intron=5_450,
    transcripts=13,
)
"""Human in size: 1.5 % of the bases are coding, 40 % lie in genes; 250,500 transcripts."""

MANY_TRANSCRIPTS = replace(HUMAN, transcripts=27)
"""The same genes with 520,000 transcripts; Ensembl 115 has 509,650."""


def write_genome(shape: Shape, folder: Path, progress: Callable[[str], None]) -> None:
    """Write genome.fa and genes.gff3, in Ensembl's form, into a folder."""
    generator = np.random.default_rng(SEED)
    models = list(_models(shape))
    genes = 0
    with (folder / "genome.fa").open("wb") as fasta, (folder / "genes.gff3").open("w") as gff:
        gff.write("##gff-version 3\n")
        for name, length in shape.contigs.items():
            progress(f"contig {name}")
            _write_sequence(fasta, name, _sequence(shape, length, generator))
            gff.write(f"{name}\tbench\tchromosome\t1\t{length}\t.\t.\t.\tID=chromosome:{name}\n")
            for number in range(length // shape.spacing):
                gff.writelines(_gene_rows(shape, models, name, number, genes + number))
            genes += length // shape.spacing


def _sequence(shape: Shape, length: int, generator: np.random.Generator) -> Bytes:
    bases: Bytes = _BASES[generator.integers(0, 4, length, np.uint8)]
    count = length // shape.spacing
    stretches = bases[: count * shape.spacing].reshape(count, shape.spacing)
    places = np.concatenate([np.arange(*span) for span in shape.coding_spans])
    codons = _SENSE[generator.integers(0, len(_SENSE), (count, len(places) // 3))]
    codons[:, shape.first_codons()] = _START
    codons[:, -1] = _STOP
    stretches[:, places] = codons.reshape(count, len(places))
    stretches[1::2] = _COMPLEMENT[stretches[1::2, ::-1]]
    return bases


def _write_sequence(file: BinaryIO, name: str, bases: Bytes) -> None:
    file.write(f">{name}\n".encode())
    whole = len(bases) // LINE_BASES
    lines = np.full((whole, LINE_BASES + 1), ord("\n"), np.uint8)
    lines[:, :LINE_BASES] = bases[: whole * LINE_BASES].reshape(whole, LINE_BASES)
    file.write(lines.tobytes())
    if len(bases) % LINE_BASES:
        file.write(bases[whole * LINE_BASES :].tobytes() + b"\n")


@dataclass(frozen=True)
class _Model:
    """A transcript of the layout: spans as in Shape, and the phase of each coding one."""

    exons: list[tuple[int, int]]
    coding: list[tuple[int, int]]
    phases: list[int]


def _models(shape: Shape) -> Iterator[_Model]:
    for number in range(shape.transcripts):
        first = number * 5 % (shape.exons - 1) if number % 2 else 0
        if number % 4 == 3:
            last = first + 1 + number % (shape.exons - first - 1)
            yield _Model(shape.exon_spans[first : last + 1], [], [])
            continue
        exons = shape.exon_spans[first:]
        coding = shape.coding_spans[first:]
        # Before the first whole codon of a later exon, the isoform has a 5' UTR.
        begin = shape.coding_spans[0][0] if not first else _codon_place(shape, first)
        coding = [(begin, coding[0][1]), *coding[1:]]
        yield _Model(exons, coding, _phases(coding))


def _codon_place(shape: Shape, exon: int) -> int:
    before = sum(end - begin for begin, end in shape.coding_spans[:exon])
    return shape.coding_spans[exon][0] + -before % 3


def _phases(coding: list[tuple[int, int]]) -> list[int]:
    """Bases before the first whole codon of each span."""
    before, phases = 0, []
    for begin, end in coding:
        phases.append(-before % 3)
        before += end - begin
    return phases


def _gene_rows(
    shape: Shape, models: list[_Model], contig: str, number: int, gene: int
) -> Iterator[str]:
    strand = "-" if number % 2 else "+"
    at = number * shape.spacing

    def row(kind: str, span: tuple[int, int], phase: int | str, attributes: str) -> str:
        begin, end = span
        if strand == "-":
            begin, end = shape.spacing - end, shape.spacing - begin
        places = f"{at + begin + 1}\t{at + end}"
        return f"{contig}\tbench\t{kind}\t{places}\t.\t{strand}\t{phase}\t{attributes}\n"

    identifier = f"ENSG{gene:011d}"
    yield row(
        "gene",
        (shape.exon_spans[0][0], shape.exon_spans[-1][1]),
        ".",
        f"ID=gene:{identifier};Name=GENE{gene};biotype=protein_coding;"
        f"gene_id={identifier};version=1",
    )
    for place, model in enumerate(models):
        own = f"{gene * shape.transcripts + place:011d}"
        yield from _transcript_rows(row, model, identifier, own, canonical=place == 0)


def _transcript_rows(
    row: Callable[[str, tuple[int, int], int | str, str], str],
    model: _Model,
    gene: str,
    number: str,
    *,
    canonical: bool,
) -> Iterator[str]:
    name = f"ENST{number}"
    kind, biotype = ("mRNA", "protein_coding") if model.coding else ("lnc_RNA", "lncRNA")
    tags = "basic,Ensembl_canonical" if canonical else "basic"
    yield row(
        kind,
        (model.exons[0][0], model.exons[-1][1]),
        ".",
        f"ID=transcript:{name};Parent=gene:{gene};biotype={biotype};tag={tags};"
        f"transcript_id={name};transcript_support_level=1;version=1",
    )
    for rank, span in enumerate(model.exons, 1):
        yield row("exon", span, ".", f"Parent=transcript:{name};rank={rank}")
    protein = f"ENSP{number}"
    for span, phase in zip(model.coding, model.phases, strict=True):
        identity = f"ID=CDS:{protein};Parent=transcript:{name};protein_id={protein};version=1"
        yield row("CDS", span, phase, identity)
