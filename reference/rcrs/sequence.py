"""The reference sequence: read from a FASTA of one record and held against its published digest."""

import hashlib
from pathlib import Path

from reference.errors import InputError
from reference.rcrs.facts import read_text

_COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


def load_sequence(path: Path, *, length: int, md5: str) -> str:
    """The upper-case bases of the FASTA's one record.

    `md5` is the hexadecimal digest of the bases without line ends, the `M5` of SAM headers
    (SAM specification, section 1.3.2). Raises InputError when length or digest differ.
    """
    header, *lines = read_text(path).splitlines()
    if not header.startswith(">") or any(line.startswith(">") for line in lines):
        raise InputError(path, "should hold one FASTA record")
    sequence = "".join(lines)
    if len(sequence) != length:
        raise InputError(path, f"{length} bases expected, {len(sequence)} found")
    found = hashlib.md5(sequence.encode(), usedforsecurity=False).hexdigest()
    if found != md5:
        raise InputError(path, f"the sequence has the MD5 digest {found}, expected {md5}")
    return sequence


def stretch(sequence: str, start: int, end: int, strand: str) -> str:
    """The bases from `start` to `end` (1-based, inclusive) as read along `strand`."""
    forward = sequence[start - 1 : end]
    return forward if strand == "+" else forward.translate(_COMPLEMENT)[::-1]


def to_fasta(name: str, sequence: str, width: int = 70) -> str:
    """A FASTA record of lines of `width` bases."""
    lines = [sequence[at : at + width] for at in range(0, len(sequence), width)]
    return "\n".join([f">{name}", *lines, ""])
