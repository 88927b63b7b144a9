"""Text files as they come: plain, gzip or bgzip."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from reference.errors import InputError

_GZIP = b"\x1f\x8b"


def read_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, without their ends.

    Raises:
        InputError: it can't be read, or its compressed data is damaged.
    """
    try:
        with path.open("rb") as raw:
            compressed = raw.read(len(_GZIP)) == _GZIP
        with gzip.open(path) if compressed else path.open("rb") as file:
            for line in file:
                yield line.rstrip(b"\r\n")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(path, f"is damaged ({error}): copy or download it again") from error
    except OSError as error:
        raise InputError(path, f"can't be read: {error.strerror or error}") from error
