"""The sequences: any FASTA in, one with lines of equal width and an index out."""

from collections.abc import Iterator
from pathlib import Path

import pysam

from reference.errors import InputError
from reference.progress import Progress
from reference.text_files import read_lines

WIDTH = 60
_BLOCK = WIDTH * 20_000
# IUPAC's letters for bases and for sets of bases.
_BASES = b"ACGTRYSWKMBDHVN"


def write_fasta(source: Path, target: Path, progress: Progress) -> dict[str, int]:
    """Copy the sequences in upper case, line by line; return the length of each, in bases.

    A sequence's name is its header up to the first space.

    Raises:
        InputError: naming the line.
    """
    lengths: dict[str, int] = {}
    with target.open("wb") as out:
        for name, block in _blocks(source):
            if name not in lengths:
                lengths[name] = 0
                out.write(f">{name}\n".encode())
            lengths[name] += len(block)
            out.writelines(block[at : at + WIDTH] + b"\n" for at in range(0, len(block), WIDTH))
            progress(f"Sequences: {name}, {sum(lengths.values()):,} bases so far")
    if empty := [name for name, length in lengths.items() if not length]:
        raise InputError(source, f"{empty[0]} has no bases")
    if not lengths:
        raise InputError(source, "holds no sequence: a FASTA file is needed")
    pysam.faidx(str(target))
    return lengths


def _blocks(path: Path) -> Iterator[tuple[str, bytes]]:
    """The sequences in pieces of whole lines; every sequence yields one piece at least."""
    seen: set[str] = set()
    name, pieces, held = "", list[bytes](), 0
    for number, line in enumerate(read_lines(path), start=1):
        if line.startswith(b">"):
            if name:
                yield name, b"".join(pieces)
            name, pieces, held = _name(path, line, number), [], 0
            if name in seen:
                raise InputError(path, f"a second sequence is named {name}", number)
            seen.add(name)
            continue
        pieces.append(_bases(path, name, line, number))
        held += len(line)
        if held >= _BLOCK:
            whole = b"".join(pieces)
            full = len(whole) - len(whole) % WIDTH
            yield name, whole[:full]
            pieces, held = [whole[full:]], len(whole) - full
    if name:
        yield name, b"".join(pieces)


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
