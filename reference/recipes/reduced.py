"""A VCF that is reduced while it comes: of hundreds of gigabytes a few are kept.

The publisher's file is never on this machine as a whole. So what has come can't be gone on with in
another run; within one run it can, wherever it was cut off.
"""

import hashlib
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reference.errors import InputError
from reference.recipes.checksums import Checksum
from reference.recipes.partial import Facts, Incoming, Take
from runtime.vcf.bgzf import BgzfWriter

_GZIP = zlib.MAX_WBITS | 16
_META = re.compile(rb"##(fileformat|fileDate|dbSNP_BUILD_ID)=")
_INFO = re.compile(rb"##INFO=<ID=([^,>]+)")


def reduced_name(name: str, fields: tuple[str, ...]) -> str:
    """The name of a file that was reduced to some fields: other fields, another name."""
    digest = hashlib.sha256(",".join(fields).encode()).hexdigest()
    return f"{name}.reduced-{digest[:8]}.vcf.gz"


class Reduced(Incoming):
    """Keeps columns 1 to 5, FILTER and some fields of INFO.

    Args:
        target: where the reduced file goes, bgzip.
        fields: `ID`, which is kept anyway, or `INFO/NAME`.
        checksum: that the whole file should have.

    Raises:
        InputError: the checksum is the command `sum`'s, which needs the whole file.
    """

    def __init__(self, target: Path, fields: tuple[str, ...], checksum: Checksum | None) -> None:
        if checksum and checksum.algorithm == "sum":
            raise InputError(target, "can't be reduced as it comes: its checksum is of `sum`")
        self._target = target
        self._path = target.with_name(f"{target.name}.part")
        self._keys = [
            each.removeprefix("INFO/").encode() for each in fields if each.startswith("INFO/")
        ]
        self._algorithm = checksum.algorithm if checksum else None
        self._writer: BgzfWriter | None = None
        self._begin(Facts(None, None, None))

    def _begin(self, facts: Facts) -> None:
        self._facts = facts
        self._size = 0
        self._digest = hashlib.new(self._algorithm) if self._algorithm else None
        self._member = zlib.decompressobj(_GZIP)
        self._rest = b""

    @property
    def size(self) -> int:
        """See Incoming."""
        return self._size

    @property
    def facts(self) -> Facts:
        """See Incoming."""
        return self._facts

    def restart(self, facts: Facts) -> None:
        """See Incoming."""
        self.discard()
        self._begin(facts)
        self._writer = BgzfWriter(self._path)

    def discard(self) -> None:
        """See Incoming."""
        if self._writer:
            self._writer.__exit__(InputError)
            self._writer = None
        self._path.unlink(missing_ok=True)
        self._begin(Facts(None, None, None))

    @contextmanager
    def receiving(self) -> Iterator[Take]:
        """See Incoming."""
        yield self._take

    def _take(self, data: bytes) -> None:
        self._size += len(data)
        if self._digest:
            self._digest.update(data)
        text = self._rest + self._inflated(data)
        end = text.rfind(b"\n") + 1
        self._rest = text[end:]
        self._write(text[:end])

    def _inflated(self, data: bytes) -> bytes:
        parts = []
        while data:
            if self._member.eof:
                self._member = zlib.decompressobj(_GZIP)
            try:
                parts.append(self._member.decompress(data))
            except zlib.error as error:
                self.discard()
                raise InputError(self._target, f"is damaged, or no gzip: {error}") from error
            data = self._member.unused_data
        return b"".join(parts)

    def _write(self, text: bytes) -> None:
        if self._writer is None:
            raise ValueError("a file that hasn't begun")
        lines = [line for each in text.splitlines() if (line := self._line(each))]
        if lines:
            self._writer.write(b"\n".join([*lines, b""]))

    def _line(self, line: bytes) -> bytes | None:
        if line.startswith(b"##"):
            named = _INFO.match(line)
            return line if _META.match(line) or (named and named[1] in self._keys) else None
        columns = line.split(b"\t", 8)[:8]
        if line.startswith(b"#") or len(columns) < 8:
            # The builder says what is wrong with a line.
            return b"\t".join(columns)
        info = b";%b;" % columns[7]
        entries = [entry for key in self._keys if (entry := _entry(info, key))]
        columns[5] = b"."
        columns[7] = b";".join(entries) or b"."
        return b"\t".join(columns)

    def finish(self, url: str, checksum: Checksum | None) -> None:
        """See Incoming."""
        if not self._member.eof or self._writer is None:
            self.discard()
            raise InputError(url, "ends within a block: the publisher's file may be damaged")
        if self._digest and self._algorithm:
            self.compare(url, checksum, Checksum(self._algorithm, self._digest.hexdigest()))
        self._write(self._rest)
        self._writer.__exit__(None)
        self._writer = None
        self.place(self._path, self._target)


def _entry(info: bytes, key: bytes) -> bytes | None:
    """KEY=value, or a flag's KEY, of INFO between semicolons."""
    at = info.find(b";%b=" % key)
    if at >= 0:
        return info[at + 1 : info.index(b";", at + 1)]
    return key if b";%b;" % key in info else None
