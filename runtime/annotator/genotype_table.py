"""Writes genotypes.parquet: a row for each variant and sample, in the order of the file."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from runtime.annotator.alleles import Skip
from runtime.annotator.background import Background
from runtime.annotator.genotypes import genotypes_of
from runtime.annotator.rows import Rows
from runtime.annotator.sample_counts import SampleCounting, SampleCounts, changes_of
from runtime.annotator.schema import typed
from runtime.common.output_fields import output_fields

CHUNK_ROWS = 100_000
"""Rows that are in memory at a time, and in a row group; a record with more than that is a chunk
of its own."""

_CHANGE = "_change"
SCHEMA = pa.schema(typed(output_fields().genotype))


class GenotypeWriter:
    """Writes the table, in another thread. Use as a context manager.

    Args:
        path: the file.
        samples: their names, in the order of the header.
    """

    def __init__(self, path: Path, samples: Sequence[str]) -> None:
        self._names = pl.Series(samples, dtype=pl.String)
        self._writer = pq.ParquetWriter(path, SCHEMA, store_schema=False)
        self._background = Background("genotypes", self._writer.close)
        self._records = self._variants = 0
        self._counting = SampleCounting(samples)

    def __enter__(self) -> Self:
        self._background.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self._background.__exit__(kind, *rest)

    def add(self, rows: Rows, lines: list[bytes]) -> None:
        """Append the genotypes of a part; `lines` are FORMAT and samples of its records."""
        self._background.submit(lambda: self._write(rows, lines))

    def finish(self) -> dict[str, SampleCounts]:
        """Return the counts of the samples, once all has been written."""
        return self._counting.finish()

    def _write(self, rows: Rows, lines: list[bytes]) -> None:
        groups = rows.part.groups
        of_groups = rows.alleles.group_by("group", maintain_order=True).agg(
            pl.len().alias("alternates"),
            pl.col("number").filter(pl.col("skip") == Skip.UNSPECIFIED.value).alias("left_out"),
        )
        alternates = of_groups["alternates"].gather(groups)
        left_out = of_groups["left_out"].gather(groups)
        ends = of_groups["alternates"].cast(pl.Int64).cum_sum()
        first = (ends - of_groups["alternates"]).gather(groups)
        changes = changes_of(rows.alleles)
        for start, end in _chunks(alternates, len(self._names)):
            found = genotypes_of(lines[start:end], alternates[start:end])
            allele = first[start:end].gather(found["record"]) + (found["allele"] - 1)
            found = found.with_columns(changes.gather(allele).alias(_CHANGE))
            self._write_chunk(found, left_out[start:end])
            self._records += end - start

    def _write_chunk(self, found: pl.DataFrame, left_out: pl.Series) -> None:
        dropped = (
            pl.DataFrame({"allele": left_out})
            .with_row_index("record")
            .explode("allele", empty_as_null=False)
        )
        if not dropped.is_empty():
            found = found.join(dropped, on=["record", "allele"], how="anti", maintain_order="left")
        self._counting.add(found, found[_CHANGE])
        if found.is_empty():
            return
        numbers = found.select(pl.struct("record", "allele").rle_id().cast(pl.Int64)).to_series()
        numbers += self._variants + 1
        self._variants = numbers[-1]
        columns: Any = found.with_columns(
            variant=numbers,
            record=pl.col("record").cast(pl.Int64) + (self._records + 1),
            sample=self._names.gather(found["sample"]),
        )
        table = columns.select(SCHEMA.names).to_arrow(compat_level=pl.CompatLevel.oldest())
        self._writer.write_table(table.cast(SCHEMA), row_group_size=CHUNK_ROWS)


def _chunks(alternates: pl.Series, samples: int) -> Iterator[tuple[int, int]]:
    """Cut records into stretches that give CHUNK_ROWS rows or less."""
    rows = (alternates.cast(pl.Int64) * samples).cum_sum()
    start = done = 0
    while start < len(rows):
        end = int(rows.search_sorted(done + CHUNK_ROWS, side="right"))
        end = max(end, start + 1)
        yield start, end
        start, done = end, int(rows[end - 1])
