"""Text files as they come: plain, gzip or bgzip."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from reference.errors import InputError

_GZIP = b"\x1f\x8b"
_BLOCK = 4 * 2**20


def read_blocks(path: Path) -> Iterator[bytes]:
    """Yield the file in blocks of some megabytes, each of whole lines.

    Raises:
        InputError: it can't be read, or its compressed data is damaged.
    """
    try:
        with path.open("rb") as raw:
            compressed = raw.read(len(_GZIP)) == _GZIP
        with gzip.open(path) if compressed else path.open("rb") as file:
            while block := file.read(_BLOCK):
                yield block + file.readline()
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(path, f"is damaged ({error}): copy or download it again") from error
    except OSError as error:
        raise InputError(path, f"can't be read: {error.strerror or error}") from error


def read_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, without their ends.

    Raises:
        InputError: as `read_blocks`.
    """
    for block in read_blocks(path):
        yield from block.splitlines()
