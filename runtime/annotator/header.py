"""The header of a VCF: read leniently, kept as it is, completed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from runtime.annotator.errors import InputRejected, shown
from runtime.annotator.limits import MIB, Limits
from runtime.annotator.reader import Block

COLUMNS = (b"#CHROM", b"POS", b"ID", b"REF", b"ALT", b"QUAL", b"FILTER", b"INFO")

# VCF 3.3 files of the 2010s begin with ##format=VCFv3.3 or ##fileformat=VCFv3.3.
_FIRST_LINE = re.compile(rb"##(?:file)?format=\s*VCFv?(\d{1,3})\.(\d{1,3})\s*", re.IGNORECASE)
_CONTIG = re.compile(rb"##contig=<(?:.*?[,\s])?ID=([^,>\s]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Header:
    """A header.

    Attributes:
        version: such as 4.2.
        lines: all lines that begin with ##.
        columns: the line that begins with #CHROM.
        contigs: names that a ##contig line declares.
    """

    version: str
    lines: tuple[bytes, ...]
    columns: bytes
    contigs: frozenset[bytes]

    @property
    def line_count(self) -> int:
        """Lines of the header, that of the columns included."""
        return len(self.lines) + 1

    @property
    def samples(self) -> tuple[bytes, ...]:
        """Names of the samples."""
        return tuple(self.columns.split(b"\t")[len(COLUMNS) + 1 :])

    @property
    def tabs(self) -> int:
        """Tabs in each line of the table."""
        return self.columns.count(b"\t")


def read_header(blocks: Iterator[Block], limits: Limits) -> tuple[Header, Block]:
    """Read the header from the first blocks; return it and what is left of its last block.

    Raises:
        InputRejected: this is not a VCF, or its header is incomplete or too long.
    """
    lines: list[bytes] = []
    size = 0
    for block in blocks:
        for index, line in enumerate(block.lines):
            number = block.first_line + index
            if number == 1:
                _check_first(line)
            if not line.startswith(b"##"):
                header = _complete(lines, line, number)
                rest = block.lines[index + 1 :]
                return header, Block(number + 1, rest, block.text)
            lines.append(line)
            size += len(line)
            if size > limits.header_bytes:
                limit = limits.header_bytes / MIB
                raise InputRejected(f"the header is longer than {limit:g} MiB.", line=number)
            if len(lines) > limits.header_lines:
                raise InputRejected(
                    f"the header has more than {limits.header_lines:,} lines.", line=number
                )
    raise InputRejected(
        f"The file ends after {len(lines)} header lines: the line that begins with #CHROM and "
        "names the columns is missing, and so are the variants."
    )


def _check_first(line: bytes) -> None:
    match = _FIRST_LINE.fullmatch(line)
    if match is None:
        if b"\r" in line and _FIRST_LINE.match(line):
            raise InputRejected(
                "the lines end in CR alone, as on old Macintoshes: convert them to LF.", line=1
            )
        raise InputRejected(
            "this is not a VCF file: the first line must be like ##fileformat=VCFv4.2, and it is "
            f"{shown(line)!r}.",
            line=1,
        )
    if int(match[1]) not in (3, 4):
        raise InputRejected(
            f"VCF version {shown(match[1])}.{shown(match[2])} is not one that this service reads "
            "(3.x and 4.x).",
            line=1,
        )


def _complete(lines: list[bytes], columns: bytes, number: int) -> Header:
    if not columns.startswith(b"#CHROM"):
        raise InputRejected(
            "the line that begins with #CHROM and names the columns must come before the first "
            f"variant; this line begins with {shown(columns, 20)!r}.",
            line=number,
        )
    names = columns.split(b"\t")
    if len(names) == 1:
        raise InputRejected("the columns must be separated by tabs, not spaces.", line=number)
    for wanted, found in zip(COLUMNS, [*names, *[b""] * len(COLUMNS)], strict=False):
        if wanted != found:
            raise InputRejected(
                f"column {wanted.decode().removeprefix('#')} is missing or misplaced; the columns "
                f"are {b' '.join(COLUMNS).decode()}, and FORMAT with the samples.",
                line=number,
            )
    match = _FIRST_LINE.fullmatch(lines[0])
    version = f"{int(match[1])}.{int(match[2])}" if match else ""
    contigs = frozenset(match[1] for match in map(_CONTIG.match, lines) if match)
    return Header(version, tuple(lines), columns, contigs)
