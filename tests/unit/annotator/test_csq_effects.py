"""Effects on the mitochondrion: outside of coding sequence, in part of one, or in several."""

from pathlib import Path
from typing import Any

import pytest

from reference.options import ContigOptions
from runtime.annotator.bundle import load
from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.limits import Limits
from tests.unit.annotator.conftest import Annotate
from tests.unit.annotator.results import annotate_bytes
from tests.unit.annotator.vcfs import record, vcf
from tests.unit.reference import oracle
from tests.unit.reference.small import bases, build_small


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

    assert (row["SYMBOL"], row["Consequence"]) == (gene, consequence)
    assert (row["HGVSc"] or ":").split(":")[1] == (change or "")
    assert row["IMPACT"] == "MODIFIER"
    assert row["HGVSp"] is None
    assert row["not_annotated"] is None


def test_should_give_a_row_for_each_gene_when_an_allele_lies_in_two(annotate: Annotate) -> None:
    rows = annotate(vcf(record(8527, "A", "C"))).rows

    assert {(row["SYMBOL"], row["Consequence"]) for row in rows} == {
        ("MT-ATP8", "missense_variant"),
        ("MT-ATP6", "start_lost"),
    }
    assert {row["record"] for row in rows} == {1}


@pytest.mark.parametrize(
    ("position", "ref", "consequence"),
    [
        # bcftools 1.24 gives no consequence for a deletion that begins before a start codon.
        (3305, "ACA", "start_lost"),
        (3304, oracle.sequence()[3303:4263], "transcript_ablation"),
    ],
)
def test_should_tell_by_the_place_when_csq_says_nothing_of_a_deletion(
    annotate: Annotate, position: int, ref: str, consequence: str
) -> None:
    rows = annotate(vcf(record(position, ref, ref[0]))).rows

    assert [row["Consequence"] for row in rows if row["SYMBOL"] == "MT-ND1"] == [consequence]


@pytest.mark.parametrize(
    ("alt", "expected"),
    [
        ("A", ("stop_lost", "ENST00000361390.2:p.Ter319LysextTer?", 319)),
        ("TAA", ("coding_sequence_variant", None, 319)),
    ],
)
def test_should_not_call_a_polyadenylated_stop_codon_untranslated(
    annotate: Annotate, alt: str, expected: tuple[Any, ...]
) -> None:
    (row,) = annotate(vcf(record(4261, "T", alt))).rows

    assert (row["Consequence"], row["HGVSp"], row["protein_start"]) == expected


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

    assert {row["VARIANT_CLASS"] for row in rows} == {kind}


@pytest.mark.parametrize(("phase", "numbered"), [(0, True), (1, False), (2, False)])
@pytest.mark.parametrize("alt", ["{other}", "{base}TTT"])
def test_should_leave_out_what_codons_number_when_the_first_codon_is_cut(
    engines: EnginePool, tmp_path: Path, phase: int, numbered: bool, alt: str
) -> None:
    sequence = bases()
    rows = (
        "9 gene 101 300 + . ID=gene:G;biotype=protein_coding",
        "9 mRNA 101 300 + . ID=transcript:T;Parent=gene:G;biotype=protein_coding",
        "9 exon 101 300 + . Parent=transcript:T",
        f"9 CDS 101 {300 - (2 - phase) % 3} + {phase} ID=CDS:P;Parent=transcript:T",
    )
    small = build_small(tmp_path, *rows, options=ContigOptions(genetic_codes={"9": 6}))
    base = sequence[149]
    change = alt.format(base=base, other="ACGT".replace(base, "")[0])
    content = vcf(record(150, base, change, chrom="9")).encode()
    out = tmp_path / "out"
    out.mkdir()

    (row,) = annotate_bytes(
        content, "x.vcf", out, bundle=load(small.folder), process=engines, limits=Limits()
    ).rows

    of_codons = ("Codons", "Amino_acids", "HGVSp", "Protein_position")
    assert row["HGVSc"].startswith("T:c.")
    assert [name for name in of_codons if row[name]] == (list(of_codons) if numbered else [])
    assert (row["FLAGS"] or "").startswith("cds_start_NF") == (not numbered)
