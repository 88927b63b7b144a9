"""A change of the genome as people write it: `m.11778G>A`, `G11778A`, `M-11778-G-A`.

The contig before it, if there is one, is not told apart: position and bases say enough to search.
"""

import re
from typing import NamedTuple

from runtime.vcf.padding import unpadded

_BASES = "[ACGTN]{1,100}"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE | re.ASCII)
    for form in (
        rf"(?:[\w.*]+:)?(?:[gm]\.)?(?P<at>\d{{1,12}})(?P<ref>{_BASES})>(?P<alt>{_BASES})",
        rf"(?:m\.)?(?P<ref>{_BASES})(?P<at>\d{{1,12}})(?P<alt>{_BASES})",
        rf"[\w.*]+[-:](?P<at>\d{{1,12}})[-:](?P<ref>{_BASES})[-:>](?P<alt>{_BASES})",
    )
)


class Change(NamedTuple):
    """REF and ALT, in capitals and without padding, at a position that counts from 1."""

    position: int
    ref: str
    alt: str


def read_change(text: str) -> Change | None:
    """Return the change that a text names; None where it names none."""
    whole = "".join(text.split())
    for form in _FORMS:
        if found := form.fullmatch(whole):
            return Change(int(found["at"]), *unpadded(found["ref"].upper(), found["alt"].upper()))
    return None
