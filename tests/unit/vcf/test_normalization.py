"""One form for all spellings of an allele: equal forms, equal sequences."""

from collections.abc import Callable
from itertools import product

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.vcf.fasta import Fasta
from runtime.vcf.normalization import normalized, normalized_rows
from tests.unit.vcf.spellings import Allele, changed

# Few different bases, so that most of what is drawn lies in a repeat.
SEQUENCES = st.text("AC", min_size=1, max_size=12)


def bases_of(sequence: str) -> Callable[[int, int], str]:
    def bases(position: int, count: int) -> str:
        return sequence[position - 1 : position - 1 + count] if position > 0 else ""

    return bases


@st.composite
def alleles(draw: st.DrawFn, sequence: str) -> Allele:
    """An allele of a sequence, with bases around it or without."""
    first = draw(st.integers(0, len(sequence) - 1))
    ref = sequence[first : draw(st.integers(first + 1, len(sequence)))]
    alt = draw(st.text("AC", min_size=1, max_size=6).filter(lambda alt: alt != ref))
    return first + 1, ref, alt


def spellings(sequence: str, made: str) -> list[Allele]:
    """All alleles with REF and ALT of a base at least that make a sequence."""
    return [
        (first + 1, sequence[first:end], alt)
        for first in range(len(sequence))
        for end in range(first + 1, len(sequence) + 1)
        if (alt := made[first : len(made) - (len(sequence) - end)])
        and sequence[:first] == made[:first]
        and sequence[end:] == made[len(made) - (len(sequence) - end) :]
    ]


@given(st.data(), SEQUENCES)
def test_should_give_every_spelling_one_form_that_makes_the_same_sequence(
    data: st.DataObject, sequence: str
) -> None:
    allele = data.draw(alleles(sequence))
    made = changed(sequence, allele)
    form = normalized(allele, bases_of(sequence))

    assert changed(sequence, form) == made
    same = spellings(sequence, made)
    assert {normalized(each, bases_of(sequence)) for each in same} == {form}
    if form[2]:
        shortest = min(len(ref) + len(alt) for _, ref, alt in same)
        assert form == min(each for each in same if len(each[1]) + len(each[2]) == shortest)


@given(st.data(), SEQUENCES, st.booleans())
def test_should_give_rows_the_form_that_each_has_alone(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, sequence: str, circular: bool
) -> None:
    drawn = data.draw(st.lists(alleles(sequence), min_size=1, max_size=5))
    circle = len(sequence) if circular else None
    fasta = tmp_path_factory.mktemp("fasta") / "x.fa"
    fasta.write_text(f">a\n{sequence}\n")
    fasta.with_name("x.fa.fai").write_text(f"a\t{len(sequence)}\t3\t{len(sequence)}\t100\n")
    rows = pl.DataFrame(drawn, schema=["position", "ref", "alt"], orient="row")

    found = normalized_rows(
        rows.with_columns(contig=pl.lit(0, pl.UInt32)), Fasta(fasta), [("a", circle)]
    )

    expected = [normalized(each, bases_of(sequence), circle) for each in drawn]
    assert found.select("position", "ref", "alt").rows() == expected


def neighbours(sequence: str, allele: Allele) -> set[Allele]:
    """The oracle of a circle: an insertion or deletion (position, deleted, inserted) one base on,
    or back, where that makes the same circle."""
    position, deleted, inserted = allele
    size, count = len(sequence), len(deleted)

    def base(at: int) -> str:
        return sequence[(at - 1) % size]

    found = set()
    moved = deleted or inserted
    if base(position - 1) == moved[-1]:
        found.add(((position - 2) % size + 1, base(position - 1) + moved[:-1]))
    if base(position + count) == moved[0]:
        found.add((position % size + 1, moved[1:] + base(position + count)))
    return {(at, text, "") if deleted else (at, "", text) for at, text in found}


def circular_class(sequence: str, allele: Allele) -> set[Allele]:
    found, new = {allele}, {allele}
    while new:
        new = {each for one in new for each in neighbours(sequence, one)} - found
        found |= new
    return found


def forms_on_a_circle(sequence: str, allele: Allele) -> set[Allele]:
    """The forms of all records that can be written of (position, deleted, inserted)."""
    spellings = set()
    for position, ref, alt in circular_class(sequence, allele):
        if position + len(ref) - 1 > len(sequence) or len(ref) == len(sequence):
            continue  # on both sides of the origin: no record can be written
        before = sequence[position - 2 : position - 1]
        if before:
            spellings.add((position - 1, before + ref, before + alt))
        after = sequence[position - 1 + len(ref) : position + len(ref)]
        if after:
            spellings.add((position, ref + after, alt + after))
        if position == 1 and not ref:
            spellings.add((len(sequence), sequence[-1], sequence[-1] + alt))
    return {normalized(each, bases_of(sequence), len(sequence)) for each in spellings}


@given(st.data(), st.text("AC", min_size=6, max_size=12), st.text("AC", min_size=1, max_size=4))
def test_should_give_one_form_to_all_spellings_on_a_circle(
    data: st.DataObject, sequence: str, moved: str
) -> None:
    place = data.draw(st.integers(1, len(sequence)))
    deleted = data.draw(st.booleans())
    text = sequence[place - 1 : place - 1 + len(moved)]

    found = forms_on_a_circle(sequence, (place, text, "") if deleted else (place, "", moved))

    assert len(found) <= 1


@pytest.mark.parametrize("size", [4, 5, 6])
def test_should_give_one_form_on_every_small_circle(size: int) -> None:
    for bases in product("AC", repeat=size):
        sequence = "".join(bases)
        for place, count in product(range(1, size + 1), (1, 2, 3)):
            deleted = sequence[place - 1 : place - 1 + count]
            inserted = map("".join, product("AC", repeat=count))
            for allele in [(place, deleted, ""), *((place, "", each) for each in inserted)]:
                assert len(forms_on_a_circle(sequence, allele)) <= 1, (sequence, allele)


def test_should_find_the_first_and_the_last_base_of_a_circle_to_be_neighbours() -> None:
    sequence = "GGATTACAG"

    found = {
        normalized(allele, bases_of(sequence), len(sequence))
        for allele in [(1, "GG", "G"), (1, "GGA", "GA"), (8, "AG", "A"), (2, "GA", "A")]
    }

    assert found == {(8, "AG", "A")}
    assert normalized((1, "GG", "G"), bases_of(sequence)) == (1, "GG", "G")


@pytest.mark.parametrize("length", [63, 64, 65, 200, 100_000])
def test_should_shift_to_the_beginning_of_a_repeat_of_any_length(length: int) -> None:
    sequence = "G" + "TCA" * length + "GG"
    end = 3 * length + 1

    found = normalized((end - 2, "TCAG", "G"), bases_of(sequence))

    assert found == (1, "GTCA", "G")
