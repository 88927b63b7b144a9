"""Writes variants.parquet: tables in, row groups of bounded size out.

Rows come in the order of the file, so that in a sorted file the statistics of a row group tell
which positions it holds.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from runtime.annotator.limits import MIB

ROW_GROUP_ROWS = 100_000
ROW_GROUP_BYTES = 64 * MIB


class ParquetWriter:
    """Writes tables of one schema, in another thread. Use as a context manager."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._writer = pq.ParquetWriter(path, schema)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="parquet")
        self._writing: Future[None] | None = None
        self._tables: list[pa.Table] = []
        self._rows = self._bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._flush()
                self._wait()
        finally:
            self._pool.shutdown()
            self._writer.close()

    def add(self, table: pa.Table, size: int) -> None:
        """Append a table of `size` bytes, roughly."""
        self._tables.append(table)
        self._rows += table.num_rows
        self._bytes += size
        if self._rows >= ROW_GROUP_ROWS or self._bytes >= ROW_GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._tables:
            # No more than two row groups are in memory: the one written, and the next.
            self._wait()
            group = pa.concat_tables(self._tables)
            self._writing = self._pool.submit(
                self._writer.write_table, group, row_group_size=max(1, group.num_rows)
            )
        self._tables, self._rows, self._bytes = [], 0, 0

    def _wait(self) -> None:
        if self._writing is not None:
            self._writing.result()
