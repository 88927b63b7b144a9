"""Genomic names: one for each change, however its record puts it."""

from collections import defaultdict
from itertools import product

import pytest

from runtime.vcf.genomic import describe


def described(sequence: str, position: int, ref: str, alt: str) -> str | None:
    def bases(first: int, count: int) -> str:
        return sequence[first - 1 : first - 1 + count] if first > 0 else ""

    return describe(position, ref, alt, bases)


@pytest.mark.parametrize(
    ("position", "ref", "alt", "name"),
    [
        (3, "G", "T", "3G>T"),
        (2, "CG", "CT", "3G>T"),
        (2, "CGT", "C", "3_4del"),
        (4, "TA", "T", "7del"),
        (5, "AA", "A", "7del"),
        (7, "AC", "A", "10del"),
        (1, "A", "AG", "1_2insG"),
        (4, "T", "TA", "7dup"),
        (4, "T", "TAA", "6_7dup"),
        (7, "A", "ATA", "7_8insTA"),
        (2, "CG", "TT", "2_3delinsTT"),
        (2, "CGT", "TT", "2_3delinsT"),
        (1, "AC", "GT", "1_2inv"),
        (10, "C", "CG", None),
        (1, "A", "GA", None),
        (1, "AC", "C", "1del"),
        (3, "G", "G", None),
    ],
)
def test_should_describe_a_change_as_hgvs_does(
    position: int, ref: str, alt: str, name: str | None
) -> None:
    assert described("ACGTAAACCC", position, ref, alt) == name


@pytest.mark.parametrize("sequence", ["ACACAAC", "AACCACC", "CAAAACA"])
def test_should_give_one_name_to_each_change_however_it_is_written(sequence: str) -> None:
    names = defaultdict(set)
    for first, last in product(range(len(sequence)), range(len(sequence) + 1)):
        for length in range(4):
            for letters in product("AC", repeat=length):
                ref, alt = sequence[first:last], "".join(letters)
                after = sequence[:first] + alt + sequence[last:]
                if first < last and alt and after != sequence:
                    names[after].add(described(sequence, first + 1, ref, alt))

    found = [name for of_one in names.values() for name in of_one]
    assert {after: of_one for after, of_one in names.items() if len(of_one) > 1} == {}
    assert len(set(found) - {None}) == len([name for name in found if name])
