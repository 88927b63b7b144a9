"""One form for all spellings of an allele, by which it is found in a track.

It is left-aligned and parsimonious: https://genome.sph.umich.edu/wiki/Variant_Normalization. On a
circular contig the last base is to the left of the first one.
"""

from math import gcd

import polars as pl

from runtime.vcf.fasta import Fasta
from runtime.vcf.genomic import Bases

Allele = tuple[int, str, str]
"""POS, REF and one ALT of bases in upper case, as a record has them."""

FIRST_WINDOW, LARGEST_WINDOW = 64, 2**16
"""Bases of the reference that are read at once while an allele is shifted: at first, at most."""


def normalized_rows(
    alleles: pl.DataFrame, fasta: Fasta, contigs: list[tuple[str, int | None]]
) -> pl.DataFrame:
    """Return alleles in their one form, each in its row.

    Args:
        alleles: `contig` (a place in `contigs`), `position`, `ref` and `alt`.
        fasta: the reference.
        contigs: the name of each, and its length where it is circular.
    """
    ref, alt = pl.col("ref"), pl.col("alt")
    # What most are: these have their one form wherever they lie.
    normal = (ref.str.tail(1) != alt.str.tail(1)) & (
        (ref.str.head(1) != alt.str.head(1))
        | (ref.str.len_bytes() == 1)
        | (alt.str.len_bytes() == 1)
    )
    rows = alleles.with_row_index("_row").filter(~normal)
    if rows.is_empty():
        return alleles
    of_contigs = [_bases(fasta, name) for name, _ in contigs]
    forms = [
        normalized((position, ref, alt), of_contigs[place], contigs[place][1])
        for place, position, ref, alt in rows.select("contig", "position", "ref", "alt").iter_rows()
    ]
    schema = {"position": pl.Int64, "ref": pl.String, "alt": pl.String}
    new = pl.DataFrame(forms, schema=schema, orient="row")
    return alleles.with_columns(
        alleles[name].scatter(rows["_row"], new[name]).alias(name) for name in schema
    )


def _bases(fasta: Fasta, contig: str) -> Bases:
    return lambda position, count: fasta.bases(contig, position, count).decode()


def normalized(allele: Allele, bases: Bases, circle: int | None = None) -> Allele:
    """Return the one form of an allele.

    Two alleles have the same form if, and only if, they make the same sequence of the reference.
    An insertion or a deletion has the base before it in front, or at the contig's beginning the
    one after it behind.

    Args:
        allele: its REF is what the reference has there, and not its ALT.
        bases: the contig's.
        circle: length of a circular contig; None for a linear one.
    """
    position, ref, alt = allele
    shared = _common_suffix(ref, alt)
    ref, alt = ref[: len(ref) - shared], alt[: len(alt) - shared]
    if ref and alt:
        most = min(len(ref), len(alt)) - 1
        shared = next((at for at in range(most) if ref[at] != alt[at]), most)
        return position + shared, ref[shared:], alt[shared:]
    position, moved = _leftmost(position, ref or alt, bases)
    if position == 1 and circle:
        position, moved = _before_origin(moved, bases, circle, deleted=bool(ref))
    ref, alt = (moved, "") if ref else ("", moved)
    if position > 1:
        before = bases(position - 1, 1)
        return position - 1, before + ref, before + alt
    after = bases(1 + len(ref), 1)
    return 1, ref + after, alt + after


def _leftmost(position: int, moved: str, bases: Bases) -> tuple[int, str]:
    """Where inserted or deleted bases may lie at the leftmost, and what they are there."""
    count = _shift(position, moved, bases)
    return position - count, _turned(moved, count)


def _before_origin(moved: str, bases: Bases, circle: int, *, deleted: bool) -> tuple[int, str]:
    """The same across the origin, for bases that lie at position 1.

    A deletion stays where it would lie on both sides, since no record can say so, and so does what
    could go round for ever.
    """
    # Bases that match over so many places have both periods, the circle's and their own, and so
    # the period that divides both: they go on matching (the theorem of Fine and Wilf). Deleted
    # ones are bases of the circle, and count among these places.
    endless = circle - gcd(circle, len(moved)) + (0 if deleted else len(moved))
    turns = endless // circle + 1
    count = _shift(turns * circle + 1, moved, _unrolled(bases, circle))
    least = len(moved) if deleted else 0
    if not least <= count < endless:
        return 1, moved
    return circle + 1 - count % circle, _turned(moved, count)


def _unrolled(bases: Bases, circle: int) -> Bases:
    """Bases of a circle that is gone round again and again, from 1 on."""

    def unrolled(position: int, count: int) -> str:
        found = ""
        while len(found) < count:
            at = (position + len(found) - 1) % circle + 1
            found += bases(at, min(count - len(found), circle + 1 - at))
        return found

    return unrolled


def _shift(position: int, moved: str, bases: Bases) -> int:
    """How many bases to the left the bases at `position` may go."""
    count, window = 0, FIRST_WINDOW
    while count < position - 1:
        size = min(window, position - 1 - count)
        there = bases(position - count - size, size)
        turned = _turned(moved, count)
        repeated = (turned * (size // len(turned) + 1))[-size:]
        shared = _common_suffix(there, repeated)
        count += shared
        if shared < size:
            break
        window = min(2 * window, LARGEST_WINDOW)
    return count


def _turned(moved: str, count: int) -> str:
    """Inserted or deleted bases, `count` to the left in the repeat that they lie in."""
    at = len(moved) - count % len(moved)
    return moved[at:] + moved[:at]


def _common_suffix(one: str, other: str) -> int:
    """How many bases both end with."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle :] == other[len(other) - middle :]:
            low = middle
        else:
            high = middle - 1
    return low
