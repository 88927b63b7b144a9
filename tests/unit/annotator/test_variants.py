"""Rows of alleles that are in no coding sequence, in part of one, or in several."""

from typing import Any

import pytest

from tests.unit.annotator.conftest import Annotate
from tests.unit.annotator.vcfs import record, vcf


@pytest.mark.parametrize(
    ("variant", "gene", "consequence", "change"),
    [
        ("263 A G", None, "intergenic_variant", None),
        ("16519 T C", None, "intergenic_variant", None),
        ("3243 A G", "MT-TL1", "non_coding_transcript_exon_variant", "n.14A>G"),
        ("1555 A G", "MT-RNR1", "non_coding_transcript_exon_variant", "n.908A>G"),
        ("5703 G A", "MT-TN", "non_coding_transcript_exon_variant", "n.27C>T"),
        ("3107 N A", "MT-RNR2", "non_coding_transcript_exon_variant", "n.1437N>A"),
        ("8344 A G", "MT-TK", "non_coding_transcript_exon_variant", "n.50A>G"),
    ],
)
def test_should_say_where_a_variant_outside_coding_sequence_lies(
    annotate: Annotate, variant: str, gene: str | None, consequence: str, change: str | None
) -> None:
    (row,) = annotate(vcf(record(*variant.split()))).rows

    assert (row["gene"], row["consequence"], row["coding_change"]) == (gene, consequence, change)
    assert row["impact"] == "MODIFIER"
    assert row["protein_change"] is None
    assert row["not_annotated"] is None


def test_should_give_a_row_for_each_gene_when_an_allele_lies_in_two(annotate: Annotate) -> None:
    rows = annotate(vcf(record(8527, "A", "C"))).rows

    assert {(row["gene"], row["consequence"]) for row in rows} == {
        ("MT-ATP8", "missense_variant"),
        ("MT-ATP6", "start_lost"),
    }
    assert {row["record"] for row in rows} == {1}


def test_should_name_the_transcript_when_the_engine_says_nothing_of_an_allele_in_it(
    annotate: Annotate,
) -> None:
    # bcftools 1.24 gives no consequence for a deletion that begins before a start codon.
    rows = annotate(vcf(record(3305, "ACA", "A"))).rows

    assert [(row["gene"], row["consequence"]) for row in rows] == [("MT-ND1", "sequence_variant")]


@pytest.mark.parametrize(
    ("alt", "expected"),
    [
        ("A", ("stop_lost", "p.Ter319LysextTer?", 319)),
        ("TAA", ("coding_sequence_variant", None, None)),
    ],
)
def test_should_not_call_a_polyadenylated_stop_codon_untranslated(
    annotate: Annotate, alt: str, expected: tuple[Any, ...]
) -> None:
    (row,) = annotate(vcf(record(4261, "T", alt))).rows

    assert (row["consequence"], row["protein_change"], row["protein_position"]) == expected


@pytest.mark.parametrize(
    ("ref", "alt", "kind"),
    [
        ("T", "C", "SNV"),
        ("TG", "CA", "substitution"),
        ("T", "TG", "insertion"),
        ("TG", "T", "deletion"),
        ("TG", "CAAA", "indel"),
        ("T", "N", "SNV"),
        ("T", "<DEL>", "deletion"),
        ("T", "<DUP:TANDEM>", "duplication"),
        ("T", "<NON_REF>", None),
        ("T", "<*>", None),
        ("T", "<WEIRD>", "sequence_alteration"),
        ("T", "T[1:2[", "chromosome_breakpoint"),
        ("T", "*", None),
        ("T", ".", None),
        ("T", "?", "sequence_alteration"),
    ],
)
def test_should_classify_an_allele(
    annotate: Annotate, ref: str, alt: str, kind: str | None
) -> None:
    rows = annotate(vcf(record(8993, ref, alt))).rows

    assert {row["variant_class"] for row in rows} == {kind}
