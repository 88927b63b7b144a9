"""Bases of the reference, read through the FASTA's index from a file mapped into memory."""

import mmap
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class _Sequence:
    """A line of the .fai: https://www.htslib.org/doc/faidx.html. Offsets and widths in bytes."""

    length: int
    offset: int
    line_bases: int
    line_width: int


class Fasta:
    """Reference sequences, by name.

    Raises:
        OSError: the file or its index can't be read.
    """

    def __init__(self, path: Path) -> None:
        index = path.with_name(f"{path.name}.fai").read_text()
        self._sequences = {
            name: _Sequence(*map(int, numbers[:4]))
            for name, *numbers in (line.split("\t") for line in index.splitlines())
        }
        with path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    @property
    def lengths(self) -> dict[str, int]:
        """Bases of each sequence."""
        return {name: sequence.length for name, sequence in self._sequences.items()}

    def bases(self, name: str, position: int, count: int) -> bytes:
        """Return `count` bases from `position` (from 1), upper case; fewer past the end."""
        sequence = self._sequences[name]
        first = position - 1
        last = min(first + count, sequence.length)
        if not 0 <= first < last:
            return b""
        raw = self._bytes[_place(sequence, first) : _place(sequence, last - 1) + 1]
        return raw.replace(b"\n", b"").replace(b"\r", b"").upper()


def _place(sequence: _Sequence, base: int) -> int:
    line, column = divmod(base, sequence.line_bases)
    return sequence.offset + line * sequence.line_width + column
