"""gVCFs: blocks without a variant are kept, skipped and counted; <NON_REF> is no allele."""

import pytest

from tests.unit.annotator.conftest import Annotate
from tests.unit.annotator.vcfs import MELAS, NARP, record, vcf

BLOCK = record(3000, "A", "<NON_REF>", info="END=3106")


@pytest.mark.parametrize("alt", ["<NON_REF>", "<*>"])
@pytest.mark.parametrize("chrom", ["MT", "chr7"])
def test_should_skip_and_count_a_record_when_it_is_a_reference_block(
    annotate: Annotate, alt: str, chrom: str
) -> None:
    block = record(3000, "A", alt, chrom=chrom, info="END=3106")

    result = annotate(vcf(block, block, MELAS))

    assert [b"\t".join(each).decode() for each in result.records[:2]] == [block] * 2
    assert [row["record"] for row in result.rows] == [3]
    assert result.summary["records"]["reference_blocks"] == 2
    assert result.summary["alleles"] == {"total": 1, "annotated": 1, "not_annotated": 0}
    assert result.summary["problems"] == []
    assert "Reference blocks of a gVCF, skipped" in result.log


@pytest.mark.parametrize("info", ["END=3106", "DP=9;END=3106", "END=3106;BLOCKAVG_min30p3a"])
def test_should_skip_a_block_when_its_alt_is_a_dot_and_it_has_an_end(
    annotate: Annotate, info: str
) -> None:
    block, site = record(3000, "A", ".", info=info), record(3000, "A", ".", info="XEND=3106")

    result = annotate(vcf(block, site, MELAS))

    assert [b"\t".join(each).decode() for each in result.records[:1]] == [block]
    assert [row["record"] for row in result.rows] == [2, 3]
    assert result.infos[0].get("NOT_ANNOTATED") is None
    assert result.infos[1]["NOT_ANNOTATED"] == "no_alternate_allele"
    assert result.summary["records"]["reference_blocks"] == 1
    assert result.summary["alleles"] == {"total": 1, "annotated": 1, "not_annotated": 1}


def test_should_write_an_empty_table_when_all_records_are_reference_blocks(
    annotate: Annotate,
) -> None:
    result = annotate(vcf(BLOCK))

    assert result.rows == []
    assert result.summary["records"]["reference_blocks"] == 1


@pytest.mark.parametrize("other", ["<NON_REF>", "<*>"])
@pytest.mark.parametrize(
    ("position", "ref", "alts"), [(8993, "T", "G"), (3242, "GA", "G"), (3242, "GA", "G,GAA,*")]
)
def test_should_annotate_as_without_it_when_an_unspecified_allele_is_beside_others(
    annotate: Annotate, other: str, position: int, ref: str, alts: str
) -> None:
    alone, beside = (
        annotate(vcf(record(position, ref, text))) for text in (alts, f"{alts},{other}")
    )

    assert beside.effects == alone.effects
    assert beside.rows == alone.rows
    assert beside.summary["alleles"] == alone.summary["alleles"]
    assert beside.summary["records"]["reference_blocks"] == 0
    assert beside.infos[0].get("NOT_ANNOTATED") == _with_a_place(alone.infos[0])


def _with_a_place(info: dict[str, str]) -> str | None:
    """NOT_ANNOTATED has a place for each ALT allele, the unspecified one too."""
    return f"{info['NOT_ANNOTATED']},." if "NOT_ANNOTATED" in info else None


def test_should_give_a_value_for_each_alt_when_a_track_knows_one_beside_non_ref(
    annotate: Annotate,
) -> None:
    result = annotate(vcf(NARP.replace("\tG\t", "\tG,<NON_REF>\t")))

    assert result.infos[0]["KNOWN_ID"] == "rs199476133,."


def test_should_read_a_frequency_of_each_allele_when_non_ref_has_one_too(
    annotate: Annotate,
) -> None:
    result = annotate(vcf(record(8993, "T", "G,<NON_REF>", info="AF=0.25,0")))

    assert [(row["alt"], row["allele_frequency"]) for row in result.rows] == [("G", 0.25)]
