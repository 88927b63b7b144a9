"""Regions of a track's BEDs, with the columns that are taken.

Format: https://samtools.github.io/hts-specs/BEDv1.pdf
"""

from collections.abc import Iterator

import polars as pl

from reference.tracks.source import TrackSource
from reference.tracks.tables import TableForm

_PLACE = ("chrom", "start", "end")


def read_regions(source: TrackSource, columns: list[int]) -> Iterator[pl.DataFrame]:
    """Yield the regions of a track's files, in their order.

    Args:
        source: the files.
        columns: numbers of the columns that are taken, from 4.

    Returns:
        `contig` (a place in the bundle's order), `position` of the first base, from 1, `end`, the
        last one, and a text for each column, by its number.

    Raises:
        InputError: a file is damaged, or nothing of it can be used.
    """
    names = [str(number) for number in range(len(_PLACE) + 1, max(columns) + 1)]
    form = TableForm(
        "BED", (*_PLACE, *names), numbers=("start", "end"), notes=r"^(?:#|track\b|browser\b)"
    )
    lengths = pl.Series([contig.length for contig in source.contigs], dtype=pl.Int64)
    used = 0
    for table in form.tables(source):
        rows = table.with_columns(contig=source.places(table["chrom"]))
        known = rows["contig"].is_not_null()
        rows = source.kept(rows, known, "on contigs that the bundle lacks")
        rows = source.kept(rows, rows["start"] < rows["end"], "without a base")
        inside = rows["end"] <= lengths.gather(rows["contig"])
        rows = source.kept(rows, inside, "past the end of their contig")
        used += len(rows)
        yield rows.select(
            "contig", pl.col("start").alias("position") + 1, "end", *map(str, columns)
        )
    if not used:
        raise source.nothing_fits()
