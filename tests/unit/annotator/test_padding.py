"""Alleles that are written with more bases than they change, through the whole way."""

import pytest

from runtime.annotator.bundle import Bundle
from runtime.annotator.sites import SitesWriter
from runtime.vcf.padding import unpadded
from tests.unit.annotator.conftest import Annotate
from tests.unit.annotator.results import Result
from tests.unit.annotator.vcfs import record, vcf

OWN = ("ref", "alt", "coding_change")
"""As written: a record's own bases are how far hgvs.coding_change shifts to the 3' end."""


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


def test_should_write_a_site_once_when_it_comes_with_and_without_padding(
    bundle: Bundle, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("sites") / "sites.vcf"
    with SitesWriter(path, bundle.manifest.contigs) as writer:
        for ref, alt in ((b"AG", b"GG"), (b"A", b"G"), (b"ag", b"a"), (b"AGT", b"AT")):
            writer.add(bundle.contigs[b"MT"], 3243, ref, alt)

    rows = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    assert [row.split("\t")[3:5] for row in rows] == [["A", "G"], ["AG", "A"]]


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
def test_should_say_the_same_of_an_allele_when_it_is_padded(
    annotate: Annotate, position: int, short: str, padded: str
) -> None:
    one, other = (annotate(vcf(record(position, *text.split()))) for text in (short, padded))

    assert one.infos == other.infos
    assert told(one) == told(other)
    assert [fields[3:5] for fields in other.records] == [
        [allele.encode() for allele in padded.split()]
    ]


def told(result: Result) -> list[dict[str, object]]:
    return [{name: value for name, value in row.items() if name not in OWN} for row in result.rows]


def test_should_give_each_allele_its_own_values_when_one_reference_stands_for_all(
    annotate: Annotate,
) -> None:
    result = annotate(vcf(record(3243, "AG", "GG,A,TG,*,<NON_REF>,AG")))

    (info,) = result.infos
    assert info["KNOWN_ID"].split(",")[0] == "rs199474657"
    assert info["KNOWN_ID"].split(",")[3:] == [".", ".", "."]
    assert "athogenic" in info["CLINICAL_SIGNIFICANCE"].split(",")[0]
    assert info["NOT_ANNOTATED"].split(",") == [
        *(".", ".", ".", "overlapping_deletion", "symbolic_allele", "same_as_reference"),
    ]
    rows = {row["alt"]: row for row in result.rows}
    assert [row["ref"] for row in rows.values()] == ["AG"] * 6
    assert [rows[alt]["variant_class"] for alt in ("GG", "A", "TG")] == ["SNV", "deletion", "SNV"]
    assert [rows[alt]["coding_change"] for alt in ("GG", "A", "TG")] == [
        *("n.14A>G", "n.15del", "n.14A>T"),
    ]


def test_should_not_reach_the_next_gene_when_only_the_padding_does(annotate: Annotate) -> None:
    short, padded = (
        annotate(vcf(record(576, *alleles))).rows for alleles in (("A", "G"), ("AG", "GG"))
    )

    assert [row["consequence"] for row in padded] == [row["consequence"] for row in short]
    assert [row["gene"] for row in padded] == [None]
