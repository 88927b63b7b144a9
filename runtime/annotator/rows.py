"""The rows of a part of a batch: its alleles, and one row for each of their effects."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from runtime.annotator.batches import Batch, Part
from runtime.annotator.bundle import Bundle
from runtime.annotator.effects import completed
from runtime.annotator.genomic_names import genomic_names


@dataclass(frozen=True)
class Rows:
    """Rows of a part.

    Attributes:
        part: its records and groups.
        alleles: batches.ALLELES, `Allele` as VEP writes it, `HGVSg`, and a column for each field of
            the tracks, by its tag.
        effects: a row an effect of an allele, in the order of the alleles; a skipped allele has
            one, of nulls. `allele` is the row of the allele, the others are of
            `effects.completed`.
    """

    part: Part
    alleles: pl.DataFrame
    effects: pl.DataFrame


def rows_of(
    batch: Batch, effects: pl.DataFrame, tracks: pl.DataFrame, bundle: Bundle
) -> Iterator[Rows]:
    """Yield the rows of each part of a batch.

    Args:
        batch: the batch.
        effects: effects.EFFECTS of all of its sites.
        tracks: what the tracks say of sites, see tracks.track_fields.
        bundle: the reference.
    """
    complete = completed(effects, bundle.preferences)
    counts = complete["site"].rle().struct.field("len")
    ends = counts.cum_sum()
    starts = ends - counts
    names = genomic_names(batch.sites, bundle)
    for part in batch.each_part():
        sites = part.alleles["site"]
        ranges = pl.select(
            pl.int_ranges(starts.gather(sites), ends.gather(sites), dtype=pl.UInt32).alias("row")
        )
        places = ranges.with_row_index("allele").explode("row", empty_as_null=True)
        found = _taken(complete, places["row"])
        yield Rows(
            part,
            _named(part.alleles, names).join(tracks, on="site", how="left", maintain_order="left"),
            found.with_columns(places["allele"]),
        )


def few_transcripts(bundle: Bundle, transcripts: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
    """Return the rows of the bundle's transcripts that occur in a column, and where in them.

    The same transcripts come again and again: their words are taken from few rows of the table.

    Args:
        bundle: the reference.
        transcripts: rows of its table, or nulls.
    """
    distinct = transcripts.unique().drop_nulls().sort()
    places = transcripts.replace_strict(
        distinct, pl.int_range(len(distinct), dtype=pl.UInt32, eager=True), default=None
    )
    return bundle.transcripts[distinct], places


def _taken(frame: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """Rows of a frame by their numbers; nulls where a number is null."""
    count = len(rows)
    if rows.null_count() == 0:
        first = int(rows[0])
        if rows.equals(pl.int_range(first, first + count, dtype=pl.UInt32, eager=True)):
            return frame.slice(first, count)
    return frame.select(pl.all().gather(rows))


def _named(alleles: pl.DataFrame, names: pl.Series) -> pl.DataFrame:
    upper = pl.col("alt").str.to_uppercase()
    rest = upper.str.slice(1)
    return alleles.with_columns(
        Allele=pl.when("anchored")
        .then(pl.when(rest == "").then(pl.lit("-")).otherwise(rest))
        .otherwise(upper),
        HGVSg=names.gather(alleles["site"]),
    )
