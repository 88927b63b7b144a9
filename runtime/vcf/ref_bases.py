"""Compares REF with the reference, many records at once."""

import polars as pl

from runtime.vcf.fasta import Fasta


def contradicts(fasta: Fasta, contig: str, records: pl.DataFrame) -> pl.Series:
    """Whether REF (any case) isn't what the reference has there.

    Args:
        fasta: the reference.
        contig: the one that all records lie on.
        records: `position` and `ref`.
    """
    length = pl.col("ref").str.len_bytes().cast(pl.Int64)
    last = pl.col("position") + length - 1
    inside = (pl.col("position") >= 1) & (length > 0) & (last <= fasta.lengths[contig])
    rows = records.select("position", pl.col("ref").str.to_uppercase()).with_row_index("_row")
    there = rows.filter(inside)
    single = there.filter(length == 1)
    several = there.filter(length > 1)
    # A base a record: that's all of their bytes.
    given = pl.Series(single["ref"].str.join("").item().encode(), dtype=pl.UInt8)
    bases = [
        fasta.bases(contig, position, len(ref)).decode() == ref
        for position, ref in several.select("position", "ref").iter_rows()
    ]
    fits = pl.Series([False], dtype=pl.Boolean).new_from_index(0, len(records))
    fits = fits.scatter(single["_row"], fasta.codes(contig, single["position"]) == given)
    return ~fits.scatter(several["_row"], pl.Series(bases, dtype=pl.Boolean))
