"""The summary: counts of a result, and how it was made."""

import json

from tests.unit.annotator.conftest import Annotate
from tests.unit.annotator.vcfs import record, vcf


def test_should_believe_its_own_line_when_the_upload_forged_one(annotate: Annotate) -> None:
    forged = '##gas_annotation={"format": 1, "input": "forged"}'

    result = annotate(vcf(record(8993, "T", "G"), header=(forged,)))

    assert forged.encode() in result.header
    assert result.rows[0]["SYMBOL"] == "MT-ATP6"


def test_should_write_the_summary_that_it_returns(annotate: Annotate) -> None:
    result = annotate(vcf(record(8993, "T", "G"), record(263, "A", "G"), record(8527, "A", "C")))

    assert json.loads((result.folder / result.names.summary).read_text()) == result.summary
    assert result.summary["alleles"] == {"total": 3, "annotated": 3, "not_annotated": 0}
    assert result.summary["impacts"] == {"HIGH": 1, "MODERATE": 2, "MODIFIER": 1}
    assert result.summary["consequences"] == {
        "missense_variant": 2,
        "intergenic_variant": 1,
        "start_lost": 1,
    }
    assert result.summary["genes"] == {"MT-ATP6": 2, "MT-ATP8": 1}
    assert result.summary["variant_classes"] == {"SNV": 3}
    assert result.summary["contigs"] == {"MT": 3}
    assert result.summary["effects"] == 4
    assert result.summary["engines"] == [
        {
            "name": "bcftools csq",
            "version": "1.24",
            "rules": "bcftools csq, corrected: start codons and polyadenylated stop codons",
            "genetic_codes": [2],
        }
    ]
    assert result.summary["bundle"]["assembly"] == "rCRS"
    assert len(result.summary["input"]["sha256"]) == 64


def test_should_show_few_examples_of_a_problem_that_comes_often(annotate: Annotate) -> None:
    elsewhere = [record(1, "A", "C", chrom=f"c{number}") for number in range(9)]

    result = annotate(vcf(record(8993, "T", "G"), *[record(8993, "T", "<DEL>")] * 3, *elsewhere))

    assert [each["reason"] for each in result.summary["problems"]] == [
        "symbolic_allele",
        *["unknown_contig"] * 5,
    ]
    assert result.summary["not_annotated"] == {"unknown_contig": 9, "symbolic_allele": 3}
