"""Variant descriptions: HGVS genomic names written, and what people search for read.

A name is made from the reference's own bases around the variant, as HGVS places it.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from runtime.common.manifest import Contig
from runtime.vcf.padding import unpadded
from runtime.web.services.variants.variant import Variant

Bases = Callable[[int, int], str]
"""Gives the bases of a contig in upper case, from the position of the first (from 1) and their
number. Past the contig's end there are fewer, before its start there are none."""

MITOCHONDRIAL = frozenset({"MT", "M", "chrM", "chrMT"})
"""Names of the mitochondrial genome."""

_COMPLEMENT = str.maketrans("ACGTN", "TGCAN")

_BASES = "[ACGTN]{1,100}"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE | re.ASCII)
    for form in (
        rf"(?:[\w.*]+:)?(?:[gm]\.)?(?P<at>\d{{1,12}})(?P<ref>{_BASES})>(?P<alt>{_BASES})",
        rf"(?:m\.)?(?P<ref>{_BASES})(?P<at>\d{{1,12}})(?P<alt>{_BASES})",
        rf"[\w.*]+[-:](?P<at>\d{{1,12}})[-:](?P<ref>{_BASES})[-:>](?P<alt>{_BASES})",
    )
)


class BaseChange(NamedTuple):
    """REF and ALT in upper case and without padding, at a position counted from 1."""

    position: int
    ref: str
    alt: str


def parse_base_change(text: str) -> BaseChange | None:
    """Read a change of bases: `m.11778G>A`, `G11778A` or `M-11778-G-A`; None for other text.

    A contig in front is ignored: position and bases are enough to search by.
    """
    whole = "".join(text.split())
    for form in _FORMS:
        if found := form.fullmatch(whole):
            ref, alt = found["ref"].upper(), found["alt"].upper()
            return BaseChange(int(found["at"]), *unpadded(ref, alt))
    return None


def genomic_name(variant: Variant, contig: Contig, bases: Bases) -> str | None:
    """Return a variant's HGVS genomic name, such as NC_012920.1:m.8281_8289del.

    None when the contig's accession is unknown, and for variants that aren't annotated: their REF
    may differ from the reference, or their ALT may not be bases.

    Args:
        variant: the variant.
        contig: its contig in the reference.
        bases: gives that contig's bases.
    """
    names = (contig.name, *contig.aliases)
    accession = next((name for name in names if name.startswith("NC_")), None)
    if not accession or not variant.alt or variant.not_annotated is not None:
        return None
    change = describe(variant.position, variant.ref.upper(), variant.alt.upper(), bases)
    kind = "m" if MITOCHONDRIAL.intersection(names) else "g"
    return f"{accession}:{kind}.{change}" if change else None


def describe(position: int, ref: str, alt: str, bases: Bases) -> str | None:
    """Describe a change of bases by HGVS's rules, among them the 3' rule.

    https://hgvs-nomenclature.org/stable/recommendations/general/

    Args:
        position: of the first base of `ref`, from 1.
        ref: what the reference has there, in upper case.
        alt: what is there instead, in upper case.
        bases: gives the contig's bases.

    Returns:
        Such as 73A>G, 8281_8289del or 315dup. None where nothing changes, and for an insertion
        before the first base or after the last.
    """
    shared = _common_prefix(ref, alt)
    position, ref, alt = position + shared, ref[shared:], alt[shared:]
    shared = _common_prefix(ref[::-1], alt[::-1])
    ref, alt = ref[: len(ref) - shared], alt[: len(alt) - shared]
    if not ref:
        return _insertion(position, alt, bases) if alt else None
    if len(ref) == len(alt) == 1:
        return f"{position}{ref}>{alt}"
    if not alt:
        position += _shift(ref, position + len(ref), bases)
    span = _span(position, position + len(ref) - 1)
    if not alt:
        return f"{span}del"
    if alt == ref.translate(_COMPLEMENT)[::-1]:
        return f"{span}inv"
    return f"{span}delins{alt}"


def _insertion(position: int, inserted: str, bases: Bases) -> str | None:
    """Describe bases that are inserted before `position`."""
    count = _shift(inserted, position, bases)
    rotation = count % len(inserted)
    position, inserted = position + count, inserted[rotation:] + inserted[:rotation]
    first = position - len(inserted)
    if bases(first, len(inserted)) == inserted:
        return f"{_span(first, position - 1)}dup"
    if not bases(position - 1, 1) or not bases(position, 1):
        return None
    return f"{position - 1}_{position}ins{inserted}"


def _shift(repeated: str, following: int, bases: Bases) -> int:
    """How many bases from `following` on continue the repeat."""
    count = 0
    while bases(following + count, 1) == repeated[count % len(repeated)]:
        count += 1
    return count


def _common_prefix(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}_{last}"
