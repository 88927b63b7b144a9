"""Rows by place, kept on disk by stretches of the genome, each of which memory holds.

A track may be in any order and larger than memory; a left-aligned record may have moved before
those that were read earlier.
"""

from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import polars as pl
import pyarrow as pa

MOST_STRETCHES = 256
"""Each has an open file while rows are added."""

LEAST_BASES = 1_000_000
"""Of a stretch."""


class Spool:
    """Rows with `contig`, a place in the bundle's order, and `position`.

    Args:
        folder: is made; one that holds nothing else.
        lengths: of the contigs, in order.
    """

    def __init__(self, folder: Path, lengths: list[int]) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._before = pl.Series([0, *accumulate(lengths)][:-1], dtype=pl.Int64)
        self._bases = max(LEAST_BASES, sum(lengths) // MOST_STRETCHES + 1)
        self._writers: dict[int, pa.RecordBatchFileWriter] = {}

    def add(self, rows: pl.DataFrame) -> None:
        """Add rows, all of the same columns."""
        along = (self._before.gather(rows["contig"]) + rows["position"]) // self._bases
        parts = rows.with_columns(_stretch=along).partition_by(
            "_stretch", as_dict=True, include_key=False
        )
        for (stretch,), part in parts.items():
            table = part.to_arrow(compat_level=pl.CompatLevel.oldest())
            if stretch not in self._writers:
                options = pa.ipc.IpcWriteOptions(compression="lz4")
                path = self._folder / f"{stretch}.arrow"
                self._writers[stretch] = pa.ipc.new_file(str(path), table.schema, options=options)
            self._writers[stretch].write_table(table)

    def stretches(self) -> Iterator[pl.DataFrame]:
        """Yield the rows of each stretch along the genome, in the order in which they were added.

        What has been yielded is deleted.
        """
        for writer in self._writers.values():
            writer.close()
        for stretch in sorted(self._writers):
            path = self._folder / f"{stretch}.arrow"
            yield pl.read_ipc(path, memory_map=False)
            path.unlink()
