"""Small uploads that cost much, each in its own way: each took gigabytes or minutes once."""

import gzip
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

FORMAT_LINE = "##fileformat=VCFv4.2\n"
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"

CONTIG, KNOWN_POSITION, KNOWN_BASE = "MT", 3243, "A"
"""A site of the reference rcrs with known variants."""

RECORDS, NAMES, NAME_LETTERS = 1_500_000, 40_000, 50_000
HEADER_LINES, KEYS, KEYS_OF_RECORD = 8_300_000, 1_000_000, 100
SAMPLES, ALTS = 100_000, 20_000


class HostileFile(NamedTuple):
    """What a file is made of; `lines` makes its text anew."""

    title: str
    lines: Callable[[], Iterable[str]]

    def write(self, path: Path) -> None:
        """Write it, compressed with gzip."""
        with gzip.open(path, "wt", compresslevel=1, encoding="ascii") as file:
            file.writelines(self.lines())


def _unknown_contig() -> Iterator[str]:
    yield f"{FORMAT_LINE}{COLUMNS}\n"
    for position in range(1, RECORDS + 1):
        yield f"elsewhere\t{position}\t.\tA\tG\t.\t.\t.\n"


def _long_names() -> Iterator[str]:
    yield f"{FORMAT_LINE}{COLUMNS}\n"
    filler = "x" * (NAME_LETTERS - 5)
    for number in range(NAMES):
        yield f"{number:05d}{filler}\t1\t.\tA\tG\t.\t.\t.\n"


def _header_lines() -> Iterator[str]:
    yield FORMAT_LINE
    block = "##\n" * 10_000
    for _ in range(HEADER_LINES // 10_000):
        yield block
    yield f"{COLUMNS}\n{CONTIG}\t73\t.\tA\tG\t.\t.\t.\n"


def _info_keys() -> Iterator[str]:
    yield f"{FORMAT_LINE}{COLUMNS}\n"
    for first in range(0, KEYS, KEYS_OF_RECORD):
        keys = ";".join(f"K{number}=1" for number in range(first, first + KEYS_OF_RECORD))
        yield f"{CONTIG}\t73\t.\tA\tG\t.\t.\t{keys}\n"


def _samples() -> Iterator[str]:
    names = "\t".join(f"S{number}" for number in range(SAMPLES))
    yield f"{FORMAT_LINE}{COLUMNS}\tFORMAT\t{names}\n"
    genotypes = "\t0/1" * SAMPLES
    for _ in range(100):
        yield f"{CONTIG}\t73\t.\tA\tG\t.\t.\t.\tGT{genotypes}\n"


def _alleles() -> Iterator[str]:
    yield f"{FORMAT_LINE}{COLUMNS}\n"
    letters = product("ACGT", repeat=8)
    alts = ",".join("".join(next(letters)) for _ in range(ALTS))
    yield f"{CONTIG}\t{KNOWN_POSITION}\t.\t{KNOWN_BASE}\t{alts}\t.\t.\t.\n"


FILES = (
    HostileFile(f"{RECORDS:,} records on an unknown contig", _unknown_contig),
    HostileFile(f"{NAMES:,} contig names of {NAME_LETTERS // 1000} kB", _long_names),
    HostileFile(f"{HEADER_LINES:,} header lines ##", _header_lines),
    HostileFile(f"{KEYS:,} distinct INFO keys", _info_keys),
    HostileFile(f"{SAMPLES:,} samples, 100 records", _samples),
    HostileFile(f"{ALTS:,} ALT alleles at a known site", _alleles),
)
