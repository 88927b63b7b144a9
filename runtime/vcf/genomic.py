"""A change of bases in HGVS's notation, by the bases that the reference has around it."""

from collections.abc import Callable

Bases = Callable[[int, int], str]
"""Gives bases of a sequence, upper case: the first's position, from 1, and how many; fewer at its
end, none before its beginning."""

Naming = Callable[[int], str]
"""Names a position, from 1, as the notation writes it."""

_COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


def describe(position: int, ref: str, alt: str, bases: Bases, named: Naming = str) -> str | None:
    """Describe a change, as far to the 3' end as it may be said to lie.

    https://hgvs-nomenclature.org/stable/recommendations/general/

    Args:
        position: of the first base of `ref`, from 1.
        ref: what the reference has there, upper case.
        alt: what is there instead, upper case.
        bases: the sequence's.
        named: names its positions: a transcript's are other than their number.

    Returns:
        Such as 73A>G, 8281_8289del or 315dup. None where nothing changes, and for an insertion
        before the first base or after the last.
    """
    shared = _common_prefix(ref, alt)
    position, ref, alt = position + shared, ref[shared:], alt[shared:]
    shared = _common_prefix(ref[::-1], alt[::-1])
    ref, alt = ref[: len(ref) - shared], alt[: len(alt) - shared]
    if not ref:
        return _insertion(position, alt, bases, named) if alt else None
    if len(ref) == len(alt) == 1:
        return f"{named(position)}{ref}>{alt}"
    if not alt:
        position += _shift(ref, position + len(ref), bases)
    place = _span(position, position + len(ref) - 1, named)
    if not alt:
        return f"{place}del"
    if alt == ref.translate(_COMPLEMENT)[::-1]:
        return f"{place}inv"
    return f"{place}delins{alt}"


def _insertion(position: int, inserted: str, bases: Bases, named: Naming) -> str | None:
    """Describe bases that come before `position`."""
    count = _shift(inserted, position, bases)
    turned = count % len(inserted)
    position, inserted = position + count, inserted[turned:] + inserted[:turned]
    first = position - len(inserted)
    if bases(first, len(inserted)) == inserted:
        return f"{_span(first, position - 1, named)}dup"
    if not bases(position - 1, 1) or not bases(position, 1):
        return None
    return f"{_span(position - 1, position, named)}ins{inserted}"


def _shift(repeated: str, following: int, bases: Bases) -> int:
    """How many bases from `following` on go on with `repeated`, again and again."""
    count = 0
    while bases(following + count, 1) == repeated[count % len(repeated)]:
        count += 1
    return count


def _common_prefix(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _span(first: int, last: int, named: Naming) -> str:
    return named(first) if first == last else f"{named(first)}_{named(last)}"
