"""The exons of transcripts: as stated, or what CDS and UTRs cover; and their place in the cDNA."""

import polars as pl

from reference.gff.attributes import attribute, whole_number, without_version
from reference.gff.features import EXON

KEY = ["contig", "key"]
"""The columns that tell a transcript from all others."""


def exons_of(parts: pl.DataFrame) -> pl.DataFrame:
    """The exons; where a transcript has none, what its CDS and UTRs cover."""
    stated = parts.filter(pl.col("kind") == EXON).select(
        *KEY,
        "strand",
        "start",
        "end",
        id=without_version(pl.coalesce(attribute("exon_id"), attribute("Name"))),
        version=whole_number(
            pl.coalesce(attribute("version"), attribute("exon_id").str.extract(r"\.(\d+)$"))
        ),
    )
    others = parts.join(stated, on=KEY, how="anti").sort(*KEY, "start", "end")
    reach = pl.col("end").cum_max().shift().over(KEY)
    begins = (pl.col("start") > reach + 1).fill_null(True)
    covered = (
        others.with_columns(stretch=begins.cum_sum().over(KEY))
        .group_by(*KEY, "stretch", maintain_order=True)
        .agg(pl.col("strand").first(), pl.col("start").min(), pl.col("end").max())
        .select(
            *KEY,
            "strand",
            "start",
            "end",
            pl.lit(None, dtype=pl.String).alias("id"),
            pl.lit(None, dtype=pl.Int32).alias("version"),
        )
    )
    return pl.concat([stated, covered]).sort(*KEY, "start", "end")


def overlapping(exons: pl.DataFrame) -> pl.DataFrame:
    """Exons may touch: RefSeq's do where a transcript has bases that the genome lacks."""
    return exons.filter(pl.col("start") <= pl.col("end").shift().over(KEY))


def in_cdna(exons: pl.DataFrame) -> pl.DataFrame:
    """The exons numbered from the 5' end, with their first and last base in the cDNA, from 1."""
    length = pl.col("end") - pl.col("start") + 1
    before = length.cum_sum().over(KEY) - length
    total, count = length.sum().over(KEY), pl.len().over(KEY)
    place, plus = pl.int_range(pl.len()).over(KEY), pl.col("strand") == "+"
    cdna_start = pl.when(plus).then(before + 1).otherwise(total - before - length + 1)
    return exons.with_columns(
        number=pl.when(plus).then(place + 1).otherwise(count - place).cast(pl.Int32),
        cdna_start=cdna_start,
        cdna_end=cdna_start + length - 1,
    ).drop("strand")
