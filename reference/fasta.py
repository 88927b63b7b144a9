"""The sequences: any FASTA in, one with lines of equal width and an index out."""

from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pysam

from reference.errors import InputError
from reference.progress import Progress
from reference.text_files import read_blocks

WIDTH = 60
_NEWLINE = ord("\n")
# IUPAC's letters for bases and for sets of bases.
_BASES = b"ACGTRYSWKMBDHVN"


def write_fasta(sources: Sequence[Path], target: Path, progress: Progress) -> dict[str, int]:
    """Copy the sequences in upper case, with lines of WIDTH bases; return the length of each.

    A sequence's name is its header up to the first space.

    Raises:
        InputError: naming the line.
    """
    lengths: dict[str, int] = {}
    held = b""
    with target.open("wb") as out:
        for source in sources:
            for name, bases in _pieces(source, lengths):
                if name not in lengths:
                    out.write(_wrapped(held) + f">{name}\n".encode())
                    lengths[name], held = 0, b""
                lengths[name] += len(bases)
                held += bases
                whole = len(held) - len(held) % WIDTH
                out.write(_wrapped(held[:whole]))
                held = held[whole:]
                progress(f"Sequences: {name}, {sum(lengths.values()):,} bases so far")
            _check_bases(source, lengths)
        out.write(_wrapped(held))
    pysam.faidx(str(target))
    return lengths


def _check_bases(source: Path, lengths: Mapping[str, int]) -> None:
    if empty := [name for name, length in lengths.items() if not length]:
        raise InputError(source, f"{empty[0]} has no bases")
    if not lengths:
        raise InputError(source, "holds no sequence: a FASTA file is needed")


def _wrapped(bases: bytes) -> bytes:
    """Bases as lines of WIDTH, the last one maybe shorter."""
    whole = len(bases) - len(bases) % WIDTH
    lines = np.full((whole // WIDTH, WIDTH + 1), _NEWLINE, np.uint8)
    lines[:, :WIDTH] = np.frombuffer(bases, np.uint8, whole).reshape(-1, WIDTH)
    rest = bases[whole:]
    return lines.tobytes() + (rest + b"\n" if rest else b"")


def _pieces(path: Path, seen: Container[str]) -> Iterator[tuple[str, bytes]]:
    """The sequences piece by piece, in upper case; every sequence yields one piece at least.

    Args:
        path: the file.
        seen: the names of sequences whose first piece was taken; it grows with each.
    """
    name, number = "", 1
    for block in read_blocks(path):
        if name and b">" not in block:
            bases = block.translate(None, b"\r\n").upper()
            if not bases.translate(None, _BASES):
                yield name, bases
                number += block.count(b"\n")
                continue
        lines = block.splitlines()
        for place, line in enumerate(lines, start=number):
            if line.startswith(b">"):
                name = _name(path, line, place)
                if name in seen:
                    raise InputError(path, f"a second sequence is named {name}", place)
                yield name, b""
            else:
                yield name, _bases(path, name, line, place)
        number += len(lines)


def _name(path: Path, line: bytes, number: int) -> str:
    words = line[1:].split(maxsplit=1)
    if not words or line[1:2].isspace():
        raise InputError(path, "the header has no name after >", number)
    return words[0].decode("ascii", "replace")


def _bases(path: Path, name: str, line: bytes, number: int) -> bytes:
    bases = line.upper()
    if not name and bases:
        raise InputError(path, "a FASTA file begins with a line like >9", number)
    if wrong := bases.translate(None, _BASES):
        raise InputError(
            path, f"{chr(wrong[0])!r} is no base: the sequences should be DNA, not protein", number
        )
    return bases
