"""Checksums as Ensembl, NCBI and others publish them, and files checked against them."""

import hashlib
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from reference.errors import InputError

_DIGESTS = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
_HEX = re.compile(r"[0-9a-fA-F]+")
_BSD_BLOCK = 1024
"""Bytes that `sum` counts as a block."""


@dataclass(frozen=True)
class Checksum:
    """An algorithm and its value: `md5` with hexadecimal digits, or `sum` with `16-bit blocks`.

    Ensembl's CHECKSUMS hold what the command `sum` prints: the 16 bits of BSD's algorithm, and
    the size in blocks of 1,024 bytes. That is weak, but each gzip file has a CRC-32 of its own.
    """

    algorithm: str
    value: str

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.value}"


def find_checksum(listing: Path, name: str) -> Checksum:
    """Find a file's checksum in what a publisher lists.

    Lines hold the file's name or path, and its digest (md5sum and its like, NCBI's
    md5checksums.txt) or the two numbers of `sum` (Ensembl's CHECKSUMS), in any order and with other
    columns. The one line of NAME.md5 is about NAME whatever it names: ClinVar's names the path of
    another machine.

    Raises:
        InputError: it doesn't list the file.
    """
    lines = [line.split() for line in listing.read_text("utf-8", "replace").splitlines()]
    lines = [words for words in lines if words]
    own = len(lines) == 1 and listing.name.startswith(f"{name}.")
    for words in lines:
        named = own or any(PurePosixPath(word.lstrip("*")).name == name for word in words)
        if named and (found := _read(words)):
            return found
    raise InputError(listing, f"lists no checksum of {name}: the release may be incomplete")


def _read(words: list[str]) -> Checksum | None:
    for word in words:
        if (algorithm := _DIGESTS.get(len(word))) and _HEX.fullmatch(word):
            return Checksum(algorithm, word.lower())
    numbers = [int(word) for word in words if word.isdecimal()]
    if len(numbers) == 2 and numbers[0] < 2**16:
        return Checksum("sum", f"{numbers[0]} {numbers[1]}")
    return None


def checksum_of(path: Path, algorithm: str) -> Checksum:
    """Compute a file's checksum by an algorithm of `Checksum`."""
    if algorithm == "sum":
        return Checksum("sum", f"{_bsd_sum(path)} {-(-path.stat().st_size // _BSD_BLOCK)}")
    with path.open("rb") as file:
        return Checksum(algorithm, hashlib.file_digest(file, algorithm).hexdigest())


def _bsd_sum(path: Path) -> int:
    """BSD's checksum, by the command that every Unix has: Python would need a minute a gigabyte."""
    with path.open("rb") as file:
        try:
            run = subprocess.run(["sum"], stdin=file, capture_output=True, check=True)  # noqa: S607  # it's in /usr/bin or in /bin
        except FileNotFoundError as error:
            raise InputError("sum", "isn't installed: Ensembl's checksums need it") from error
    return int(run.stdout.split()[0])
