"""Reads what the engine wrote, position by position, in whatever order the input asks for it."""

import mmap
from abc import ABC, abstractmethod
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import Self

Allele = tuple[bytes, bytes]
"""REF and ALT, upper case."""

Info = dict[bytes, bytes]
"""INFO of the engine's row for one allele."""

_EMPTY: dict[Allele, Info] = {}


def _info(text: bytes) -> Info:
    if text == b".":
        return {}
    return {key: value for key, _, value in (item.partition(b"=") for item in text.split(b";"))}


class AnnotationsFile(ABC):
    """The engine's output, mapped into memory. Use as a context manager."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._map.close()

    @abstractmethod
    def at(self, contig: str, position: int) -> dict[Allele, Info]:
        """Return the rows at a position, by allele."""


class OrderedAnnotations(AnnotationsFile):
    """For positions that are asked for in the order of the file, each perhaps several times."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._groups = self._read()
        self._place = ("", 0)
        self._rows = _EMPTY
        self._next = next(self._groups, None)

    def at(self, contig: str, position: int) -> dict[Allele, Info]:
        """See AnnotationsFile."""
        place = contig, position
        if self._next is not None and self._next[0] == place:
            self._place, self._rows = self._next
            self._next = next(self._groups, None)
        # Places without rows may be asked for in between, in any order.
        return self._rows if place == self._place else _EMPTY

    def _read(self) -> Iterator[tuple[tuple[str, int], dict[Allele, Info]]]:
        contig = position = b""
        rows: dict[Allele, Info] = {}
        while line := self._map.readline():
            if line.startswith(b"#"):
                continue
            chrom, pos, _, ref, alt, _, _, info = line.rstrip(b"\n").split(b"\t")
            if pos != position or chrom != contig:
                if rows:
                    yield (contig.decode(), int(position)), rows
                contig, position, rows = chrom, pos, {}
            rows[ref, alt] = _info(info)
        if rows:
            yield (contig.decode(), int(position)), rows


class IndexedAnnotations(AnnotationsFile):
    """For positions that are asked for in any order; 16 bytes of memory a position."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._positions: dict[str, array[int]] = {}
        self._offsets: dict[str, array[int]] = {}
        self._scan()

    def at(self, contig: str, position: int) -> dict[Allele, Info]:
        """See AnnotationsFile."""
        positions = self._positions.get(contig, array("q"))
        place = bisect_left(positions, position)
        if place == len(positions) or positions[place] != position:
            return _EMPTY
        self._map.seek(self._offsets[contig][place])
        wanted = f"{contig}\t{position}\t".encode()
        rows: dict[Allele, Info] = {}
        while (line := self._map.readline()).startswith(wanted):
            _, _, _, ref, alt, _, _, info = line.rstrip(b"\n").split(b"\t")
            rows[ref, alt] = _info(info)
        return rows

    def _scan(self) -> None:
        last = b""
        offset = 0
        while line := self._map.readline():
            place = line[: line.find(b"\t", line.find(b"\t") + 1)]
            if not line.startswith(b"#") and place != last:
                contig, _, position = place.partition(b"\t")
                name = contig.decode()
                self._positions.setdefault(name, array("q")).append(int(position))
                self._offsets.setdefault(name, array("q")).append(offset)
                last = place
            offset += len(line)
