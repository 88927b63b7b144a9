"""The rows of a GFF3 file, checked line by line and kept on disk by groups of contigs.

A file may have its features in any order, and may be larger than memory: each group of contigs
is read back on its own. Specification: https://github.com/The-Sequence-Ontology/Specifications.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from reference.errors import InputError
from reference.progress import Progress
from reference.text_files import read_lines

GROUP_BASES = 50_000_000
"""Contigs are grouped up to this length: a genome of 100,000 scaffolds is 100 groups."""

COLUMNS = {
    "contig": pl.String,
    "source": pl.String,
    "type": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "score": pl.String,
    "strand": pl.String,
    "phase": pl.String,
    "attributes": pl.String,
}
"""A row of GFF3; start and end count from 1, both inside. The contig has the bundle's name."""

_HELD_BYTES = 32 * 2**20
_ROW = re.compile(
    rb"([^\t]+)\t[^\t]*\t[^\t]+\t([0-9]+)\t([0-9]+)\t[^\t]*\t[-+.?]\t[012.]\t[^\t]*[^\t ][^\t]*"
)
_FASTA = b"##FASTA"
_GTF = "this is GTF: convert it to GFF3 (for example with `gffread x.gtf -o x.gff3`)"


def group_contigs(lengths: dict[str, int]) -> list[list[str]]:
    """The contigs in their order, in groups of at most GROUP_BASES or one contig."""
    groups: list[list[str]] = []
    room = 0
    for name, length in lengths.items():
        if length > room:
            groups.append([])
            room = max(GROUP_BASES, length)
        groups[-1].append(name)
        room -= length
    return groups


class Spool:
    """Rows on disk, by group.

    Attributes:
        header: the comment lines before the first row.
        rows: how many rows were kept.
        unknown_contigs: rows by the name of a contig that the FASTA lacks.
    """

    def __init__(self, folder: Path, groups: list[list[str]]) -> None:
        self._folder = folder
        self._group_of = {name: n for n, names in enumerate(groups) for name in names}
        self._held: defaultdict[int, list[bytes]] = defaultdict(list)
        self._held_bytes = 0
        self.header: list[str] = []
        self.rows = 0
        self.unknown_contigs: Counter[str] = Counter()

    def fill(self, path: Path, find: Callable[[str], str | None], progress: Progress) -> None:
        """Read a GFF3 file.

        Args:
            path: plain, gzip or bgzip.
            find: the bundle's name of a contig, or None.
            progress: is told of the rows.

        Raises:
            InputError: a row is wrong, or no row lies on a known contig.
        """
        names: dict[bytes, tuple[int, bytes] | None] = {}
        for number, line in _rows(path, self.header):
            match = _ROW.fullmatch(line)
            if match is None or int(match[2]) > int(match[3]):
                raise InputError(path, _fault(line), number)
            given = match[1]
            if given not in names:
                name = find(given.decode("utf-8", "replace"))
                names[given] = (self._group_of[name], name.encode()) if name else None
            place = names[given]
            if place is None:
                self.unknown_contigs[given.decode("utf-8", "replace")] += 1
                continue
            self._keep(place[0], place[1] + line[len(given) :])
            if not self.rows % 100_000:
                progress(f"Genes: {self.rows:,} rows read")
        self._flush()
        self._check(path, [name.decode("utf-8", "replace") for name in names])

    def _keep(self, group: int, line: bytes) -> None:
        self.rows += 1
        self._held[group].append(line)
        self._held_bytes += len(line)
        if self._held_bytes > _HELD_BYTES:
            self._flush()

    def _flush(self) -> None:
        for group, lines in self._held.items():
            with self._file(group).open("ab") as file:
                file.write(b"\n".join([*lines, b""]))
        self._held.clear()
        self._held_bytes = 0

    def _file(self, group: int) -> Path:
        return self._folder / f"rows-{group}.tsv"

    def _check(self, path: Path, names: list[str]) -> None:
        if not names:
            raise InputError(path, "holds no row: a GFF3 file is needed")
        if not self.rows:
            raise InputError(
                path,
                f"has no contig in common with the FASTA: it has {', '.join(names[:5])}, the FASTA "
                f"{', '.join([*self._group_of][:5])}. Say which is which with --alias",
            )

    def read(self, group: int) -> pl.DataFrame:
        """The rows of a group, with COLUMNS, in the order of the file."""
        path = self._file(group)
        if not path.exists():
            return pl.DataFrame(schema=COLUMNS)
        return pl.read_csv(
            path,
            separator="\t",
            quote_char=None,
            has_header=False,
            schema=COLUMNS,
            empty_string_is_null=False,
        )


def _rows(path: Path, header: list[str]) -> Iterator[tuple[int, bytes]]:
    """The rows with their line numbers; comment lines before the first go to `header`."""
    first = True
    for number, line in enumerate(read_lines(path), start=1):
        if line.startswith(_FASTA):
            return
        if line.startswith(b"#") or not line:
            if first and line:
                header.append(line.decode("utf-8", "replace"))
            continue
        if first and b'gene_id "' in line:
            raise InputError(path, _GTF, number)
        first = False
        yield number, line


def _fault(line: bytes) -> str:
    columns = line.split(b"\t")
    if len(columns) != len(COLUMNS):
        return f"a row of GFF3 has 9 columns between tabs, this has {len(columns)}"
    start, end, strand, phase = columns[3], columns[4], columns[6], columns[7]
    if not (start.isdigit() and end.isdigit() and int(start) <= int(end)):
        return (
            f"start and end should be whole numbers in order, not {_text(start)} and {_text(end)}"
        )
    if strand not in (b"+", b"-", b".", b"?"):
        return f"the strand should be + or -, not {_text(strand)}"
    if phase not in (b"0", b"1", b"2", b"."):
        return f"the phase should be 0, 1, 2 or ., not {_text(phase)}"
    return "contig, type and attributes should not be empty"


def _text(value: bytes) -> str:
    return repr(value.decode("utf-8", "replace"))
