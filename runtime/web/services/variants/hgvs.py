"""Variant descriptions: HGVS genomic names written, and what people search for read.

A name is made from the reference's own bases around the variant, as HGVS places it.
"""

import re
from typing import NamedTuple

from runtime.common.manifest import Contig
from runtime.vcf.genomic import Bases, describe
from runtime.vcf.padding import unpadded
from runtime.web.services.variants.variant import Variant

MITOCHONDRIAL = frozenset({"MT", "M", "chrM", "chrMT"})
"""Names of the mitochondrial genome."""

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
