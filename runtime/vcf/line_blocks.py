"""Files of sorted lines by place (VCF, BED) whose bgzip blocks hold whole lines.

Beside such a file lies an index with the place of each block. So the blocks that may say something
of some positions are known without a look at the file, which htslib's indexes, by 16 kb of a
contig, tell roughly. The file is an ordinary one to every other program.
"""

import gzip
import mmap
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import polars as pl

LINES_BYTES = 32 * 1024
"""Of lines in a block: less is slower to read as a whole, more costs a few positions more."""

INDEX = {
    "contig": pl.String,
    "first": pl.Int64,  # the smallest position of a line, from 1
    "last": pl.Int64,  # the largest that a line reaches
    "offset": pl.UInt64,  # of the block in the file
    "size": pl.UInt32,  # of the block, compressed
}
"""A row a block, in the order of the file. A line longer than bgzip's block takes several, which
are one here."""

AT_ONCE = 128
"""Blocks that are read together: 4 MiB of lines."""

_CONTIG = 2**40
"""A contig's distance to the next in keys: more than any position."""


def index_path(path: Path) -> Path:
    """Where the index of a file lies."""
    return path.with_name(f"{path.name}.blocks.parquet")


@dataclass(frozen=True)
class Span:
    """Some blocks' lines, and what they reach: keys of the first and of the last position."""

    lines: bytes
    first: int
    last: int


class LineBlocks:
    """The blocks of a file.

    Args:
        path: the file.
        contigs: names of contigs; a position is told by its contig's place among them.

    Raises:
        OSError: file or index can't be read.
    """

    def __init__(self, path: Path, contigs: list[str]) -> None:
        index = pl.read_parquet(index_path(path), columns=list(INDEX))
        places = {name: at for at, name in enumerate(contigs)}
        contig = index["contig"].replace_strict(places, return_dtype=pl.Int64)
        self._first, self._last = keys(contig, index["first"]), keys(contig, index["last"])
        self._offsets, self._sizes = index["offset"].to_list(), index["size"].to_list()
        with path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def spans(self, starts: pl.Series, ends: pl.Series) -> Iterator[Span]:
        """Yield the blocks that reach any of some ranges, some at once, in order.

        Args:
            starts: keys of the ranges' first positions, sorted.
            ends: keys of their last positions, sorted.
        """
        # Ranges that begin before a block's end, but for those that end before its beginning.
        begun = starts.search_sorted(self._last, side="right")
        ended = ends.search_sorted(self._first, side="left")
        wanted = (begun > ended).arg_true()
        with ThreadPoolExecutor(min(4, os.cpu_count() or 1), thread_name_prefix="blocks") as pool:
            for at in range(0, len(wanted), AT_ONCE):
                here = wanted.slice(at, AT_ONCE)
                lines = b"".join(pool.map(self._lines, here.to_list()))
                first, last = self._first.gather(here), self._last.gather(here)
                yield Span(lines, min(first.to_list()), max(last.to_list()))

    def _lines(self, block: int) -> bytes:
        offset = self._offsets[block]
        return gzip.decompress(self._bytes[offset : offset + self._sizes[block]])


def keys(contigs: pl.Series, positions: pl.Series) -> pl.Series:
    """Numbers that order positions of several contigs, by the contigs' places."""
    return contigs.cast(pl.Int64) * _CONTIG + positions
