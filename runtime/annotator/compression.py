"""Opens an upload by what it holds, not by its name: plain text, gzip or bgzip."""

import gzip
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from runtime.annotator.errors import InputRejected
from runtime.vcf.bgzf import BGZF_EOF

GZIP_MAGIC = b"\x1f\x8b"

_OTHER_FORMATS = {
    b"PK\x03\x04": "a zip archive: unpack it and submit the VCF in it",
    b"BZh": "compressed with bzip2: use bgzip or gzip",
    b"\xfd7zXZ": "compressed with xz: use bgzip or gzip",
    b"7z\xbc\xaf": "a 7z archive: unpack it and submit the VCF in it",
    b"\x28\xb5\x2f\xfd": "compressed with zstd: use bgzip or gzip",
    b"CRAM": "a CRAM file: this service takes variants, not reads",
    b"BAM\x01": "a BAM file: this service takes variants, not reads",
    b"BCF": "a BCF file: convert it with `bcftools view -Oz`",
    b"%PDF": "a PDF document",
    b"\xff\xfe": "text in UTF-16: save it as UTF-8",
    b"\xfe\xff": "text in UTF-16: save it as UTF-8",
}


class Compression(StrEnum):
    """How an upload is compressed."""

    NONE = "none"
    GZIP = "gzip"
    BGZIP = "bgzip"


@dataclass(frozen=True)
class Opened:
    """An open upload: `raw` is at the place up to which it has been read, `text` yields it."""

    raw: BinaryIO
    text: BinaryIO
    compression: Compression


def open_upload(path: Path) -> Opened:
    """Open an upload for reading; the caller closes `raw`.

    Raises:
        InputRejected: it's empty, in another format, or a bgzip file without its end.
    """
    raw = path.open("rb")
    try:
        compression = _detect(raw, os.fstat(raw.fileno()).st_size)
        text = raw if compression is Compression.NONE else gzip.GzipFile(fileobj=raw)
        # GzipFile has all that is asked of a BinaryIO, but isn't one for mypy.
        return Opened(raw, text, compression)  # type: ignore[arg-type]
    except BaseException:
        raw.close()
        raise


def _detect(raw: BinaryIO, size: int) -> Compression:
    if size == 0:
        raise InputRejected("The file is empty.")
    head = raw.read(18)
    refuse_other_formats(head)
    compression = Compression.NONE
    if head.startswith(GZIP_MAGIC):
        # BGZF is gzip with an extra field BC: a flag, then the field's name.
        bgzf = len(head) == 18 and head[3] & 4 and head[12:14] == b"BC"
        compression = Compression.BGZIP if bgzf else Compression.GZIP
    if compression is Compression.BGZIP:
        raw.seek(max(0, size - len(BGZF_EOF)))
        if raw.read() != BGZF_EOF:
            raise InputRejected(
                "The file is cut short: it is compressed with bgzip, and the block that ends such "
                "a file is missing. Compress or copy it again."
            )
    raw.seek(0)
    return compression


def refuse_other_formats(head: bytes) -> None:
    """Raise InputRejected when the first bytes are those of another well-known format."""
    for magic, what in _OTHER_FORMATS.items():
        if head.startswith(magic):
            raise InputRejected(f"This is not a VCF file but {what}.")
