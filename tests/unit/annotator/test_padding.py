"""Alleles that are written with more bases than they change, through the whole way."""

import pytest

from runtime.vcf.padding import unpadded
from tests.unit.annotator.conftest import Annotate
from tests.unit.annotator.results import Result
from tests.unit.annotator.vcfs import record, vcf

SAME = ("Consequence", "IMPACT", "Feature", "HGVSg", "HGVSc", "HGVSp", "known_id")
"""What VEP says in the same words of an allele with padding; it counts codons and positions of all
bases that are written."""


@pytest.mark.parametrize(
    ("ref", "alt", "short"),
    [
        ("AG", "GG", ("A", "G")),
        ("AGT", "GGT", ("A", "G")),
        ("AG", "A", ("AG", "A")),
        ("AG", "GT", ("AG", "GT")),
        ("AT", "ACT", ("A", "AC")),
        ("ACAC", "AC", ("ACA", "A")),
        ("ACA", "CA", ("AC", "C")),
        ("AG", "AG", ("A", "A")),
        ("A", "G", ("A", "G")),
        ("CN", "TN", ("C", "T")),
        ("A", "<DEL>", ("A", "<DEL>")),
        ("AT", "]13:123]T", ("AT", "]13:123]T")),
        ("GA", ".A", ("GA", ".A")),
        ("AT", "*", ("AT", "*")),
        ("", "A", ("", "A")),
    ],
)
def test_should_cut_what_both_alleles_end_with_but_a_base_of_each(
    ref: str, alt: str, short: tuple[str, str]
) -> None:
    assert unpadded(ref, alt) == short
    assert unpadded(ref.encode(), alt.encode()) == (short[0].encode(), short[1].encode())
    assert unpadded(*short) == short


@pytest.mark.parametrize(
    ("position", "short", "padded"),
    [
        (3243, "A G", "AG GG"),
        (3243, "A G", "agc ggc"),
        (8993, "T G", "TGG GGG"),
        (9203, "CAT C", "CATA CA"),
        (3307, "A G", "ATA GTA"),
        (4261, "T A", "TA AA"),
        (10822, "C CGCA", "CA CGCAA"),
    ],
)
def test_should_give_an_allele_the_same_names_when_it_is_padded(
    annotate: Annotate, position: int, short: str, padded: str
) -> None:
    one, other = (annotate(vcf(record(position, *text.split()))) for text in (short, padded))

    assert told(one) == told(other)
    assert [fields[3:5] for fields in other.records] == [
        [allele.encode() for allele in padded.split()]
    ]


def told(result: Result) -> list[dict[str, object]]:
    return [{name: value for name, value in row.items() if name in SAME} for row in result.rows]


def test_should_give_each_allele_its_own_values_when_one_reference_stands_for_all(
    annotate: Annotate,
) -> None:
    result = annotate(vcf(record(3243, "AG", "GG,A,TG,*,<NON_REF>,AG")))

    (info,) = result.infos
    assert info["KNOWN_ID"].split(",")[0] == "rs199474657"
    assert info["KNOWN_ID"].split(",")[3:] == [".", ".", "."]
    assert "athogenic" in info["CLINICAL_SIGNIFICANCE"].split(",")[0]
    assert info["NOT_ANNOTATED"].split(",") == [
        *(".", ".", ".", "overlapping_deletion", ".", "same_as_reference"),
    ]
    rows = {row["alt"]: row for row in result.rows}
    assert [row["ref"] for row in rows.values()] == ["AG"] * 5
    assert [rows[alt]["VARIANT_CLASS"] for alt in ("GG", "A", "TG")] == [
        *("substitution", "deletion", "substitution"),
    ]
    assert [rows[alt]["HGVSg"] for alt in ("GG", "A", "TG")] == [
        *("NC_012920.1:m.3243A>G", "NC_012920.1:m.3244del", "NC_012920.1:m.3243A>T"),
    ]
