"""Looks at a file before it is sent: whether it begins as a VCF, and what tells its reference.

This is what is cheap. The service reads the whole file, and has the last word.
"""

import gzip
import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from gas_client.errors import UsageError

EXTENSIONS = (".vcf", ".vcf.gz", ".vcf.bgz")
MOST_HEADER_BYTES = 64 << 20
MOST_RECORD_BYTES = 1 << 20
"""Of the records, after the header: as much as is looked at."""

MOST_CONTIGS = 60
MOST_SEEN = 40
MOST_RECORDS = 20
"""Bounds of what is sent to the service: some 6 KB, since firewalls refuse larger bodies."""

GZIP = b"\x1f\x8b"
BGZF_EOF = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
"""The empty block that ends a bgzip file (SAM specification, 4.1.2)."""

_CONTIG = re.compile(r"^##contig=<(.*)>\s*$", re.IGNORECASE)
_KEYS = {
    key: re.compile(rf'(?:^|,)\s*{key}=("[^"]*"|[^,]*)', re.IGNORECASE)
    for key in ("ID", "length", "assembly")
}
_REFERENCE = "##reference="
_NO_LENGTH = 2147483647
"""Written by tools that don't know the length."""

_PLAIN = re.compile("[ACGTacgt]{1,50}")
_LONGEST = 200
_COLUMNS = 4


@dataclass
class FileStart:
    """What the beginning of a file says.

    Attributes:
        contigs: lengths in bases by name, as the header states them; 0 where it doesn't.
        assemblies: distinct values of `assembly=`.
        reference_line: the value of ##reference.
        seen: contigs of the first records, in their order.
        records: contig, position and REF of the first records whose REF is plain bases.
        complete: whether that was the whole file.
    """

    contigs: dict[str, int] = field(default_factory=dict)
    assemblies: list[str] = field(default_factory=list)
    reference_line: str = ""
    seen: list[str] = field(default_factory=list)
    records: list[tuple[str, int, str]] = field(default_factory=list)
    complete: bool = False

    def question(self, chosen: str | None) -> dict[str, Any]:
        """Return what the service is asked: which reference it is, or whether `chosen` fits.

        The contigs of records come first; of a header with thousands the others are left out.
        """
        seen = self.seen[:MOST_SEEN]
        names = list(dict.fromkeys([*(n for n in seen if n in self.contigs), *self.contigs]))
        kept = set(names[:MOST_CONTIGS])
        return {
            "contigs": [
                {"name": name, "length": length}
                for name, length in self.contigs.items()
                if name in kept
            ],
            "assemblies": self.assemblies[:10],
            "reference_line": self.reference_line,
            "seen": seen,
            "records": [
                {"contig": contig, "position": position, "ref": ref}
                for contig, position, ref in self.records
            ],
            "complete": self.complete and len(seen) == len(self.seen) and len(kept) == len(names),
            "chosen": chosen or "",
        }


def check_file(path: Path) -> FileStart:
    """Return what the beginning of a VCF says.

    Raises:
        UsageError: it can't be read, isn't a VCF, or is cut short.
    """
    if not path.name.lower().endswith(EXTENSIONS):
        raise UsageError(f"{path}: the name must end in .vcf, .vcf.gz or .vcf.bgz.")
    try:
        with path.open("rb") as file:
            start = file.read(18)
            if not start:
                raise UsageError(f"{path} is empty.")
            packed = start.startswith(GZIP)
            if packed and start[12:14] == b"BC":
                file.seek(-min(len(BGZF_EOF), path.stat().st_size), 2)
                if file.read() != BGZF_EOF:
                    raise UsageError(f"{path} is cut short: its last bgzip block is missing.")
        with gzip.open(path) if packed else path.open("rb") as opened:
            return _read_start(path, opened)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UsageError(f"{path} is cut short or damaged: {error}.") from error
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}.") from error


def _read_start(path: Path, file: "IO[bytes] | gzip.GzipFile") -> FileStart:
    first = file.readline(200)
    if first.startswith(b"BCF"):
        raise UsageError(f"{path} is a BCF. Convert it: bcftools view -Oz -o x.vcf.gz {path}")
    if not first.removeprefix(b"\xef\xbb\xbf").startswith(b"##fileformat=VCF"):
        raise UsageError(f"{path} isn't a VCF: its first line must begin with ##fileformat=VCF.")
    read, start = 0, FileStart()
    while read < MOST_HEADER_BYTES:
        line = file.readline(MOST_HEADER_BYTES)
        read += len(line)
        if line.startswith(b"##"):
            _add_line(line[:10_000].decode("utf-8", "replace"), start)
        elif line.startswith(b"#CHROM\t"):
            _read_records(file, start)
            return start
        else:
            break
    raise UsageError(f"{path} isn't a VCF: it has no line #CHROM, with tabs, after its header.")


def _add_line(line: str, start: FileStart) -> None:
    """Add what a line of the header says of contigs and the reference."""
    if line.startswith(_REFERENCE) and not start.reference_line:
        start.reference_line = line.removeprefix(_REFERENCE).strip()[:1000]
    match = _CONTIG.match(line)
    if match is None:
        return
    found = {key: pattern.search(match[1]) for key, pattern in _KEYS.items()}
    name, length, assembly = (
        each[1].strip('" ')[:_LONGEST] if each else "" for each in found.values()
    )
    if name:
        stated = int(length) if re.fullmatch("[0-9]{1,10}", length) else 0
        start.contigs[name] = stated if stated < _NO_LENGTH else 0
    if assembly and assembly not in start.assemblies:
        start.assemblies.append(assembly)


def _read_records(file: "IO[bytes] | gzip.GzipFile", start: FileStart) -> None:
    """Add the contigs of the first records, and their REF alleles."""
    data = file.read(MOST_RECORD_BYTES + 1)
    start.complete = len(data) <= MOST_RECORD_BYTES
    lines = data.decode("utf-8", "replace").splitlines()
    for line in lines if start.complete else lines[:-1]:
        contig, *columns = line.split("\t", _COLUMNS)
        if not contig or len(columns) < _COLUMNS or not columns[0].isdecimal():
            continue
        contig, position, ref = contig[:_LONGEST], int(columns[0]), columns[2]
        if contig not in start.seen:
            start.seen.append(contig)
        if len(start.records) < MOST_RECORDS and position and _PLAIN.fullmatch(ref):
            start.records.append((contig, position, ref))
