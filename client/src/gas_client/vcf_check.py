"""Looks at a file before it is sent: whether it begins as a VCF, and which reference fits it.

This is what is cheap. The service reads the whole file, compares its REF alleles, and has the last
word.
"""

import gzip
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from gas_client.errors import UsageError
from gas_client.models import Reference

EXTENSIONS = (".vcf", ".vcf.gz", ".vcf.bgz")
MOST_HEADER_BYTES = 64 << 20

GZIP = b"\x1f\x8b"
BGZF_EOF = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
"""The empty block that ends a bgzip file (SAM specification, 4.1.2)."""

_CONTIG = re.compile(r"^##contig=<(.*)>\s*$")
_NO_LENGTH = 2147483647
"""Written by tools that don't know the length."""


@dataclass(frozen=True)
class Header:
    """Lengths of contigs in bases, by name, as the header states them."""

    contigs: dict[str, int] = field(default_factory=dict)


def check_file(path: Path) -> Header:
    """Return what the header of a VCF says.

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
            return _read_header(path, opened)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UsageError(f"{path} is cut short or damaged: {error}.") from error
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}.") from error


def _read_header(path: Path, file: "IO[bytes] | gzip.GzipFile") -> Header:
    first = file.readline(200)
    if first.startswith(b"BCF"):
        raise UsageError(f"{path} is a BCF. Convert it: bcftools view -Oz -o x.vcf.gz {path}")
    if not first.removeprefix(b"\xef\xbb\xbf").startswith(b"##fileformat=VCF"):
        raise UsageError(f"{path} isn't a VCF: its first line must begin with ##fileformat=VCF.")
    read, contigs = 0, {}
    while read < MOST_HEADER_BYTES:
        line = file.readline(MOST_HEADER_BYTES)
        read += len(line)
        if line.startswith(b"##"):
            contigs.update(_contig(line.decode("utf-8", "replace")))
        elif line.startswith(b"#CHROM\t"):
            return Header(contigs)
        else:
            break
    raise UsageError(f"{path} isn't a VCF: it has no line #CHROM, with tabs, after its header.")


def _contig(line: str) -> dict[str, int]:
    """The name and the length of a contig's line, if it has both."""
    match = _CONTIG.match(line)
    if match is None:
        return {}
    name = re.search(r"(?:^|,)ID=([^,]+)", match[1])
    length = re.search(r"(?:^|,)length=(\d+)(?:,|$)", match[1])
    if name is None or length is None or int(length[1]) in (0, _NO_LENGTH):
        return {}
    return {name[1]: int(length[1])}


def choose_reference(
    path: Path, header: Header, offered: Sequence[Reference], wanted: str | None
) -> str:
    """Return the name of the reference for a file.

    That is the one that is wanted, if the lengths of contigs don't contradict it. Otherwise it is
    the one that most lengths agree with, or the only one. It is never a guess: annotation with the
    wrong reference gives wrong results.

    Args:
        path: the file, for messages.
        header: what its header says.
        offered: with their contigs.
        wanted: the name that was asked for.

    Raises:
        UsageError: the file contradicts it, or doesn't say which one to take.
    """
    names = [each["name"] for each in offered]
    if wanted is not None and wanted not in names:
        raise UsageError(f"There is no reference {wanted}. The service offers {', '.join(names)}.")
    agreeing = {each["name"]: _agreeing(header, each) for each in offered}
    known = [each for each in offered if _common(header, each)]
    best = max(agreeing.values(), default=0)
    fitting = [name for name in names if best and agreeing[name] == best]
    if wanted is not None:
        reference = next(each for each in offered if each["name"] == wanted)
        if agreeing[wanted] == 0 and reference in known:
            raise UsageError(f"{_contradiction(path, header, reference)}{_use(fitting)}")
        return wanted
    if len(fitting) == 1:
        return fitting[0]
    if not fitting and known:
        raise UsageError(f"{_contradiction(path, header, known[0])} No reference offered fits.")
    if len(names) == 1:
        return names[0]
    raise UsageError(f"{path} doesn't say against which reference it was made.{_use(names)}")


def _lengths(reference: Reference) -> dict[str, int]:
    """Lengths of a reference's contigs by each of their names."""
    return {
        name: contig["length"]
        for contig in reference.get("contigs", [])
        for name in (contig["name"], *contig.get("aliases", []))
    }


def _common(header: Header, reference: Reference) -> list[str]:
    return [name for name in header.contigs if name in _lengths(reference)]


def _agreeing(header: Header, reference: Reference) -> int:
    lengths = _lengths(reference)
    return sum(lengths.get(name) == length for name, length in header.contigs.items())


def _contradiction(path: Path, header: Header, reference: Reference) -> str:
    name = _common(header, reference)[0]
    return (
        f"{path} was made against another reference than {reference['name']}: its contig {name} "
        f"has {header.contigs[name]:,} bases, not {_lengths(reference)[name]:,}."
    )


def _use(names: Sequence[str]) -> str:
    return f" Use {' or '.join(f'--reference {name}' for name in names)}." if names else ""
