"""What a genotype (GT) says of one allele, as the VCF specification writes genotypes.

https://samtools.github.io/hts-specs/VCFv4.5.pdf, section 1.6.2
"""

import re
from enum import StrEnum
from functools import lru_cache

MOST_COPIES = 32
"""Copies of a genotype that are read; no organism that is called has more. What a stranger's file
writes beyond it is refused, so that a genotype costs no more than its text."""

_SEPARATOR = re.compile(r"[/|]")


class Zygosity(StrEnum):
    """How many copies of an allele a sample has.

    `INCOMPLETE` has a copy at least, and others that weren't called; `MISSING` has none, and some
    that weren't called, so that it may have one.
    """

    REFERENCE = "ref"
    HETEROZYGOUS = "het"
    HOMOZYGOUS = "hom"
    HEMIZYGOUS = "hemi"
    INCOMPLETE = "incomplete"
    MISSING = "missing"


CARRIERS = (
    Zygosity.HETEROZYGOUS,
    Zygosity.HOMOZYGOUS,
    Zygosity.HEMIZYGOUS,
    Zygosity.INCOMPLETE,
)
"""Of a sample that has the allele."""


@lru_cache(maxsize=4096)
def copies(genotype: str, alternates: int) -> tuple[int | None, ...] | None:
    """Return the alleles of a genotype by their numbers, 0 for REF, None for one not called.

    Args:
        genotype: GT, such as 0/1, 1|0, ./. or 1.
        alternates: ALT alleles of the record.

    Returns:
        None where it isn't a genotype of such a record.
    """
    # Since 4.4 a genotype may begin with a mark of its phase.
    written = _SEPARATOR.split(genotype.lstrip("/|"), maxsplit=MOST_COPIES)
    if len(written) > MOST_COPIES:
        return None
    found: list[int | None] = []
    for each in written:
        if each == ".":
            found.append(None)
        elif each.isascii() and each.isdigit() and len(each) < 10 and int(each) <= alternates:
            found.append(int(each))
        else:
            return None
    return tuple(found)


def zygosity(genotype: str, allele: int, alternates: int) -> Zygosity | None:
    """Return what a genotype says of an ALT allele.

    Of 1/2, both alleles are heterozygous. A single copy is hemizygous, as on X and Y of a man and
    in a mitochondrion that is called so.

    Args:
        genotype: GT.
        allele: its number in ALT, from 1.
        alternates: ALT alleles of the record.

    Returns:
        None where it isn't a genotype of such a record.
    """
    found = copies(genotype, alternates)
    if found is None:
        return None
    own = found.count(allele)
    if None in found:
        return Zygosity.INCOMPLETE if own else Zygosity.MISSING
    if own == 0:
        return Zygosity.REFERENCE
    if own < len(found):
        return Zygosity.HETEROZYGOUS
    return Zygosity.HEMIZYGOUS if own == 1 else Zygosity.HOMOZYGOUS


def is_phased(genotype: str) -> bool | None:
    """Whether it is known on which chromosome each allele lies; None where there is one copy."""
    body = genotype.lstrip("/|")
    if "|" not in body and "/" not in body:
        return None
    return "/" not in body
