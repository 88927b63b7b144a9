"""What genotypes say of an allele: every form that the specification knows, and what is none."""

import pytest

from runtime.vcf.zygosity import MOST_COPIES, copies, is_phased, zygosity


@pytest.mark.parametrize(
    ("genotype", "allele", "expected"),
    [
        ("0/0", 1, "ref"),
        ("0/1", 1, "het"),
        ("1|0", 1, "het"),
        ("1/1", 1, "hom"),
        ("1/2", 1, "het"),
        ("1/2", 2, "het"),
        ("0/2", 1, "ref"),
        ("2/2", 1, "ref"),
        ("1", 1, "hemi"),
        ("0", 1, "ref"),
        ("2", 1, "ref"),
        ("0/0/1/1", 1, "het"),
        ("1/1/1", 1, "hom"),
        ("./.", 1, "missing"),
        (".", 1, "missing"),
        ("0/.", 1, "missing"),
        ("./2", 1, "missing"),
        ("./1", 1, "incomplete"),
        ("|0|1", 1, "het"),  # VCF 4.4 and later
        ("/1", 1, "hemi"),
    ],
)
def test_should_say_how_many_copies_when_a_genotype_is_written_in_any_form(
    genotype: str, allele: int, expected: str
) -> None:
    assert zygosity(genotype, allele, 2) == expected


@pytest.mark.parametrize("genotype", ["0/3", "", "0/", "a/b", "0/-1", "1/²", "0:1", "+1/0"])
def test_should_say_nothing_when_it_is_no_genotype_of_the_record(genotype: str) -> None:
    assert zygosity(genotype, 1, 2) is None


def test_should_say_nothing_when_there_are_more_copies_than_any_organism_has() -> None:
    most = "/".join(["1"] * MOST_COPIES)

    assert zygosity(most, 1, 1) == "hom"
    assert copies(f"{most}/1", 1) is None


@pytest.mark.parametrize(
    ("genotype", "expected"),
    [("0|1", True), ("0/1", False), ("0|1/2", False), ("|0|1", True), ("1", None), ("/1", None)],
)
def test_should_know_the_phase_when_every_separator_is_a_bar(
    genotype: str, expected: bool | None
) -> None:
    assert is_phased(genotype) is expected
