"""Changes of bases, as people write them in a search: read, and spelled as HGVS does."""

import re
from typing import NamedTuple

from runtime.vcf.padding import unpadded

_BASES = "[ACGTN]{1,100}"
_PREFIX = r"(?:(?P<contig>[\w.*]+):)?(?:(?P<kind>[gm])\.)?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE | re.ASCII)
    for form in (
        rf"{_PREFIX}(?P<at>\d{{1,12}})(?P<ref>{_BASES})>(?P<alt>{_BASES})",
        rf"(?:(?P<kind>m)\.)?(?P<ref>{_BASES})(?P<at>\d{{1,12}})(?P<alt>{_BASES})",
        rf"(?P<contig>[\w.*]+)[-:](?P<at>\d{{1,12}})[-:](?P<ref>{_BASES})[-:>](?P<alt>{_BASES})",
    )
)


class BaseChange(NamedTuple):
    """REF and ALT in upper case and without padding, at a position counted from 1.

    `contig` is as it was written, None without one. `mitochondrial` tells whether HGVS's prefix m.
    was written.
    """

    position: int
    ref: str
    alt: str
    contig: str | None = None
    mitochondrial: bool = False


def parse_base_change(text: str) -> BaseChange | None:
    """Read a change of bases: `NC_000009.12:g.404C>T`, `m.11778G>A`, `G11778A`, `M-11778-G-A`.

    None for other text.
    """
    whole = "".join(text.split())
    for form in _FORMS:
        if found := form.fullmatch(whole):
            parts = found.groupdict()
            ref, alt = unpadded(parts["ref"].upper(), parts["alt"].upper())
            kind = (parts.get("kind") or "").lower()
            return BaseChange(int(parts["at"]), ref, alt, parts.get("contig"), kind == "m")
    return None


_CHANGE = re.compile(r"(?:del|dup|ins|inv|[cgmn]\.|[acgtn>=_+*?()0-9-])+")
_WORD_OR_BASES = re.compile(r"(del|dup|ins|inv|[cgmn]\.)|([acgtn]+)")


class HgvsPart(NamedTuple):
    """A part of HGVS names of changes of bases; whether those on transcripts, contigs have it."""

    text: str
    of_transcript: bool
    of_contig: bool


def parse_hgvs_part(text: str) -> HgvsPart | None:
    """Read a part of an HGVS name, in any case: `C.404+16DEL` is `c.404+16del`.

    None for a text that can't be one, as without a digit; so a search needn't compare it with the
    longest columns of a file. What comes before a colon stays as it is.
    """
    accession, colon, change = text.rpartition(":")
    change = change.lower()
    if not _CHANGE.fullmatch(change) or not any(letter.isdigit() for letter in change):
        return None
    spelled = _WORD_OR_BASES.sub(lambda found: found[1] or found[2].upper(), change)
    return HgvsPart(
        accession + colon + spelled,
        of_transcript=not change.startswith(("g.", "m.")),
        # A number alone is a position, which is searched for as such.
        of_contig=not change.startswith(("c.", "n.")) and not change.isdigit(),
    )
