"""Tracks of invented known alleles: VCFs as large as is wanted, the same each time.

Nine records in ten are single bases, the others insertions, deletions, records of two ALTs and
alleles with a base too many. Each has what a frequency track has: an id, AC, AN, AF and nhomalt.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl

from runtime.vcf.bgzf import BgzfWriter
from runtime.vcf.fasta import Fasta

SEED = 20_240_229
MAX_INDEL_BASES = 6
ALLELE_NUMBER = 152_312
FIELDS = "ID,INFO/AC,INFO/AN,INFO/AF,INFO/nhomalt"

_ROWS = 250_000
"""Records that are text at a time."""

_HEADER = """##fileformat=VCFv4.2
##fileDate=20261101
##INFO=<ID=AC,Number=A,Type=Integer,Description="Alternate allele count">
##INFO=<ID=AN,Number=1,Type=Integer,Description="Total number of alleles">
##INFO=<ID=AF,Number=A,Type=Float,Description="Alternate allele frequency">
##INFO=<ID=nhomalt,Number=A,Type=Integer,Description="Count of homozygotes">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO
"""
_OTHERS = {base: [other for other in "ACGT" if other != base] for base in "ACGT"}


def known_alleles(fasta: Fasta, count: int) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the records of each contig by its name, spread over the reference.

    Args:
        fasta: the reference, whose bases are A, C, G and T.
        count: of records, at most one a position.

    Yields:
        A contig, and `position`, `ref`, `alt` (with a comma between two) and `number`, from 0.
    """
    total = sum(fasta.lengths.values())
    dice = np.random.default_rng(SEED)
    before = 0
    for name, length in fasta.lengths.items():
        share = (before + length) * count // total - before * count // total
        # A position in each of so many stretches: none comes twice.
        edges = np.linspace(1, length - MAX_INDEL_BASES - 1, share + 1)
        position = (edges[:-1] + dice.random(share) * np.diff(edges)).astype(np.int64)
        number = np.arange(share) + before * count // total
        kind, size = dice.integers(0, 100, share), dice.integers(1, MAX_INDEL_BASES + 1, share)
        turn = dice.integers(0, 2, share)
        sequence = np.frombuffer(fasta.bases(name, 1, length), np.uint8)
        around = sequence[(position - 1)[:, None] + np.arange(MAX_INDEL_BASES + 1)]
        rows = pl.DataFrame(
            {
                "position": position,
                "number": number,
                "kind": kind,
                "size": size,
                "turn": turn,
                "bases": around.view(f"S{MAX_INDEL_BASES + 1}").ravel().astype(str),
            }
        )
        yield name, rows.select(*_alleles(), "position", "number")
        before += length


def _alleles() -> tuple[pl.Expr, pl.Expr]:
    """REF and ALT of a record, by its `kind`, `size` and `turn`, and the `bases` where it lies."""
    kind, size, bases = pl.col("kind"), pl.col("size"), pl.col("bases").str
    deleted, inserted, padded, two = kind < 4, kind < 8, kind < 10, kind == 10
    first = bases.head(1)
    one, other = (
        first.replace_strict({base: each[number] for base, each in _OTHERS.items()})
        for number in (0, 1)
    )
    changed = pl.when(pl.col("turn") == 0).then(one).otherwise(other)
    length = pl.when(deleted).then(size + 1).when(padded & ~inserted).then(2).otherwise(1)
    alt = (
        pl.when(deleted)
        .then(first)
        # The bases that come next once more: so it may be written otherwise.
        .when(inserted)
        .then(first + bases.slice(1, size))
        .when(padded)
        .then(changed + bases.slice(1, 1))
        .when(two)
        .then(one + "," + other)
        .otherwise(changed)
    )
    return bases.head(length).alias("ref"), alt.alias("alt")


def write_track(fasta: Fasta, count: int, out: Path, report: Callable[[int], None]) -> None:
    """Write a VCF, bgzip, of so many records; `report` is told how many there are so far."""
    with BgzfWriter(out) as file:
        file.write(_HEADER.encode())
        written = 0
        for name, rows in known_alleles(fasta, count):
            for some in rows.iter_slices(_ROWS):
                lines = some.select(_line(name)).to_series().to_list()
                file.write("\n".join([*lines, ""]).encode())
                written += len(lines)
                report(written)


def _line(contig: str) -> pl.Expr:
    count = pl.col("number") * 7919 % (ALLELE_NUMBER - 1) + 1
    twice = pl.col("alt").str.contains(",", literal=True)

    def of_each(value: pl.Expr) -> pl.Expr:
        text = value.cast(pl.String)
        return pl.when(twice).then(text + "," + text).otherwise(text)

    info = pl.format(
        "AC={};AN={};AF={};nhomalt={}",
        of_each(count),
        pl.lit(ALLELE_NUMBER),
        of_each((count / ALLELE_NUMBER).round(8)),
        of_each(count // 100),
    )
    place = [pl.lit(contig), pl.col("position").cast(pl.String)]
    name = pl.format("rs{}", pl.col("number") + 1)
    return pl.concat_str(*place, name, "ref", "alt", pl.lit("."), pl.lit("."), info, separator="\t")
