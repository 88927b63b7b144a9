"""Counts of each ALT allele over all samples of a record, named as gnomAD names them."""

from collections import Counter
from typing import NamedTuple

import polars as pl

from runtime.vcf.zygosity import copies


class AlleleCounts(NamedTuple):
    """Counts by record; null where it has no genotypes.

    Attributes:
        called: alleles that were called (AN).
        found: copies of each ALT allele (AC), a list.
        homozygous: samples with no other allele, two copies at least (nhomalt), a list.
    """

    called: pl.Series
    found: pl.Series
    homozygous: pl.Series


_TYPES: dict[str, pl.DataType] = {
    "called": pl.Int32(),
    "found": pl.List(pl.Int32),
    "homozygous": pl.List(pl.Int32),
}
_NONE = (None, None, None)


def allele_counts(lines: list[bytes], alternates: pl.Series) -> AlleleCounts:
    """Count the genotypes of each record. What isn't a genotype of it counts nothing.

    Args:
        lines: FORMAT and the samples of each record, with tabs between.
        alternates: ALT alleles of each.
    """
    rows = [
        _NONE if (genotypes := _genotypes(line)) is None else _counted(genotypes, count)
        for line, count in zip(lines, alternates, strict=True)
    ]
    frame = pl.DataFrame(rows, schema=_TYPES, orient="row")
    return AlleleCounts(*frame.get_columns())


def _genotypes(line: bytes) -> Counter[bytes] | None:
    """How often each GT occurs: few differ, whatever the number of samples."""
    keys, _, rest = line.partition(b"\t")
    names = keys.split(b":")
    if b"GT" not in names or not rest:
        return None
    place, cells = names.index(b"GT"), rest.split(b"\t")
    if len(names) == 1:
        return Counter(cells)
    return Counter(
        fields[place] for cell in cells if len(fields := cell.split(b":", place + 1)) > place
    )


def _counted(genotypes: Counter[bytes], alternates: int) -> tuple[int, list[int], list[int]]:
    called, found, homozygous = 0, [0] * alternates, [0] * alternates
    for text, samples in genotypes.items():
        alleles = copies(text.decode("utf-8", "replace"), alternates)
        if alleles is None:
            continue
        for allele in alleles:
            called += samples * (allele is not None)
            if allele:
                found[allele - 1] += samples
        if len(alleles) > 1 and alleles[0] and len(set(alleles)) == 1:
            homozygous[alleles[0] - 1] += samples
    return called, found, homozygous
