"""Writes sorted lines by place as `runtime.vcf.line_blocks` reads them."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import numpy as np
import polars as pl

from runtime.vcf.bgzf import BLOCK_BYTES, BgzfWriter
from runtime.vcf.line_blocks import INDEX, LINES_BYTES, index_path

# The last of the 18 bytes before a block's data is its size less 1:
# https://samtools.github.io/hts-specs/SAMv1.pdf, 4.1
_SIZE = struct.Struct("<16xH")


class BlockWriter:
    """A bgzip file whose blocks hold whole lines of one contig, and its index of them.

    Use as a context manager.

    Args:
        path: the file.
        header: its first lines.
    """

    def __init__(self, path: Path, header: bytes) -> None:
        self._path = path
        self._out = BgzfWriter(path)
        self._header_blocks = self._write(header) if header else 0
        self._rows: list[tuple[str, int, int, int]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self._out.__exit__(kind, *rest)
        if kind is None:
            self._write_index()

    def add(self, contig: str, rows: pl.DataFrame) -> None:
        """Write the next rows of a contig: `line`, and the positions `first` to `last` of each."""
        lines = rows["line"].to_list()
        ends = (rows["line"].str.len_bytes().cast(pl.Int64) + 1).cum_sum().to_numpy()
        first, last = rows["first"].to_numpy(), rows["last"].to_numpy()
        begin = 0
        while begin < len(lines):
            before = ends[begin - 1] if begin else 0
            end = int(np.searchsorted(ends, before + LINES_BYTES, side="right"))
            end = max(end, begin + 1)
            count = self._write("\n".join([*lines[begin:end], ""]).encode())
            reach = int(first[begin:end].min()), int(last[begin:end].max())
            self._rows.append((contig, *reach, count))
            begin = end

    def _write(self, text: bytes) -> int:
        """Write text into blocks of its own; return how many bgzip needs."""
        self._out.write(text)
        self._out.end_block()
        return -(-len(text) // BLOCK_BYTES)

    def _write_index(self) -> None:
        sizes = _block_sizes(self._path)
        offset = sum(next(sizes) for _ in range(self._header_blocks))
        index = []
        for contig, first, last, count in self._rows:
            size = sum(next(sizes) for _ in range(count))
            index.append((contig, first, last, offset, size))
            offset += size
        pl.DataFrame(index, schema=INDEX, orient="row").write_parquet(index_path(self._path))


def _block_sizes(path: Path) -> Iterator[int]:
    with path.open("rb") as file:
        while header := file.read(_SIZE.size):
            (less,) = _SIZE.unpack(header)
            yield less + 1
            file.seek(less + 1 - _SIZE.size, 1)
