"""Models with their bases and proteins, some hundred at a time: what all writers take."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import polars as pl

from reference.models.models import Models
from reference.models.proteins import CodingFacts, Protein, translate_transcript
from reference.models.sequences import TranscriptBases, read_bases
from runtime.vcf.fasta import Fasta

SIZE = 1_000
"""Transcripts in a block, and in a row group: who wants a stretch of a contig skips the others."""

_FACTS = ("genetic_code", "biotype", "start_incomplete", "end_incomplete")


@dataclass(frozen=True)
class Block:
    """Some transcripts in a row.

    Attributes:
        transcripts: the models' columns; `flags` with those of the proteins, and a list column
            `selenocysteines`.
        exons: theirs.
        bases: theirs.
        proteins: theirs; None without a CDS.
    """

    transcripts: pl.DataFrame
    exons: pl.DataFrame
    bases: list[TranscriptBases]
    proteins: list[Protein | None]


def read_blocks(models: Models, fasta: Fasta) -> Iterator[Block]:
    """Yield the models in blocks, in their order."""
    marked: dict[int, list[int]] = {}
    for number, codon in models.selenocysteines.iter_rows():
        marked.setdefault(number, []).append(codon)
    every = read_bases(models, fasta)
    at = 0
    for transcripts in models.transcripts.iter_slices(SIZE):
        count = int(transcripts["exon_count"].sum())
        bases = list(islice(every, len(transcripts)))
        proteins = _proteins(transcripts, bases, marked)
        yield Block(
            transcripts=_with_proteins(transcripts, proteins),
            exons=models.exons.slice(at, count),
            bases=bases,
            proteins=proteins,
        )
        at += count


def _proteins(
    transcripts: pl.DataFrame, bases: list[TranscriptBases], marked: dict[int, list[int]]
) -> list[Protein | None]:
    found: list[Protein | None] = []
    rows = transcripts.select("t", *_FACTS).iter_rows()
    for each, (number, code, biotype, start_open, end_open) in zip(bases, rows, strict=True):
        facts = CodingFacts(
            genetic_code=code,
            biotype=biotype,
            selenocysteines=marked.get(number, ()),
            complete=not (start_open or end_open),
            start_known=not start_open,
        )
        found.append(translate_transcript(each, facts) if each.coding else None)
    return found


def _with_proteins(transcripts: pl.DataFrame, proteins: list[Protein | None]) -> pl.DataFrame:
    more = ["&".join(each.flags) or None if each else None for each in proteins]
    codons = [list(each.selenocysteines) or None if each else None for each in proteins]
    flags = pl.concat_str(
        "flags", pl.Series(more, dtype=pl.String), separator="&", ignore_nulls=True
    )
    return transcripts.with_columns(
        flags=flags.replace("", None),
        selenocysteines=pl.Series(codons, dtype=pl.List(pl.Int32)),
    )
