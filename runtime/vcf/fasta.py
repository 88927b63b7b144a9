"""Bases of the reference, found by the FASTA's index: in a file mapped into memory, or anywhere."""

import mmap
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa


@dataclass(frozen=True)
class _Sequence:
    """A line of the .fai: https://www.htslib.org/doc/faidx.html. Offsets and widths in bytes."""

    length: int
    offset: int
    line_bases: int
    line_width: int


class FastaIndex:
    """Where the bases of each sequence are in the file. `text` is that of the .fai."""

    def __init__(self, text: str) -> None:
        self._sequences = {
            name: _Sequence(*map(int, numbers[:4]))
            for name, *numbers in (line.split("\t") for line in text.splitlines())
        }

    @property
    def lengths(self) -> dict[str, int]:
        """Bases of each sequence."""
        return {name: sequence.length for name, sequence in self._sequences.items()}

    def span(self, name: str, position: int, count: int) -> tuple[int, int]:
        """Return the first byte of `count` bases from `position` (from 1), and the one after them.

        There are fewer past the end of the sequence; the two are the same where there is none.
        """
        sequence = self._sequences[name]
        first = position - 1
        last = min(first + count, sequence.length)
        if not 0 <= first < last:
            return 0, 0
        return _place(sequence, first), _place(sequence, last - 1) + 1

    def offsets(self, name: str, positions: pl.Series) -> pl.Series:
        """Return how far each position lies behind the first byte of a sequence."""
        sequence = self._sequences[name]
        base = positions - 1
        line = base // sequence.line_bases
        return line * sequence.line_width + base % sequence.line_bases


class Fasta:
    """Reference sequences, by name.

    Raises:
        OSError: the file or its index can't be read.
    """

    def __init__(self, path: Path) -> None:
        self._index = FastaIndex(path.with_name(f"{path.name}.fai").read_text())
        with path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    @property
    def lengths(self) -> dict[str, int]:
        """Bases of each sequence."""
        return self._index.lengths

    def bases(self, name: str, position: int, count: int) -> bytes:
        """Return `count` bases from `position` (from 1), upper case; fewer past the end."""
        first, end = self._index.span(name, position, count)
        return bases_of(self._bytes[first:end])

    def codes(self, name: str, positions: pl.Series) -> pl.Series:
        """Return the base at each position (from 1, within the sequence) as its code in ASCII."""
        first, end = self._index.span(name, 1, self.lengths[name])
        values = pa.py_buffer(memoryview(self._bytes)[first:end])
        line = pl.Series(pa.Array.from_buffers(pa.uint8(), end - first, [None, values]))
        upper = 0xDF  # without the bit that lower case has
        return line.gather(self._index.offsets(name, positions)) & upper


def bases_of(text: bytes) -> bytes:
    """Return the bases in a part of a FASTA file, upper case."""
    return text.replace(b"\n", b"").replace(b"\r", b"").upper()


def _place(sequence: _Sequence, base: int) -> int:
    line, column = divmod(base, sequence.line_bases)
    return sequence.offset + line * sequence.line_width + column
