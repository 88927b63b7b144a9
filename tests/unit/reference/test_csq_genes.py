"""The GFF3 of `bcftools csq`, line by line where csq depends on it."""

import gzip
from pathlib import Path

import pytest

from tests.genome.models import genome
from tests.genome.oracle import Change, changes
from tests.unit.reference.csq import call_consequences


@pytest.fixture(scope="module")
def features(bundle: Path) -> dict[str, list[tuple[str, int, int, str, str]]]:
    """Type, start, end, strand and phase of each feature, by the transcript or gene it names."""
    found: dict[str, list[tuple[str, int, int, str, str]]] = {}
    lines = gzip.decompress((bundle / "csq.gff3.gz").read_bytes()).decode().splitlines()
    for line in lines:
        if not line.startswith("#"):
            _, _, kind, start, end, _, strand, phase, attributes = line.split("\t")
            owner = attributes.split(";")[-1 if kind in ("exon", "CDS", "three_prime_UTR") else 0]
            name = owner.split(":")[-1]
            found.setdefault(name, []).append((kind, int(start), int(end), strand, phase))
    return found


def test_should_repeat_the_stop_as_a_utr_when_polyadenylation_completes_it(
    features: dict[str, list[tuple[str, int, int, str, str]]],
) -> None:
    assert features["ENST00000361390"] == [
        ("transcript", 3307, 4262, "+", "."),
        ("exon", 3307, 4262, "+", "."),
        ("CDS", 3307, 4262, "+", "0"),
        ("three_prime_UTR", 4261, 4262, "+", "."),
    ]


def test_should_give_no_utr_when_the_genome_holds_the_whole_stop(
    features: dict[str, list[tuple[str, int, int, str, str]]],
) -> None:
    assert features["ENST00000361681"] == [
        ("transcript", 14149, 14673, "-", "."),
        ("exon", 14149, 14673, "-", "."),
        ("CDS", 14149, 14673, "-", "0"),
    ]


def test_should_give_no_cds_when_a_gene_makes_a_transfer_rna(
    features: dict[str, list[tuple[str, int, int, str, str]]],
) -> None:
    assert features["ENSG00000209082"] == [("gene", 3230, 3304, "+", ".")]
    assert features["ENST00000386347"] == [
        ("transcript", 3230, 3304, "+", "."),
        ("exon", 3230, 3304, "+", "."),
    ]


def _is_known(change: Change) -> bool:
    """Not so: another start codon than stands there, and stops that the tail completes."""
    tail = len(change.codons.split("/")[0]) < 3
    return not tail and not (change.first and "start_retained_variant" in change.terms)


def test_should_agree_with_the_oracle_when_csq_reads_the_genes_of_an_invented_mitochondrion(
    genome_bundle: Path, tmp_path: Path
) -> None:
    models = [model for model in genome().models if model.genetic_code == 2]
    expected = [change for model in models for change in changes(model) if _is_known(change)]
    alleles = {(change.position_on_contig, change.ref, change.alt) for change in expected}

    calls = call_consequences(genome_bundle, alleles, tmp_path, contig_name="chrM")

    found = [calls[each.position_on_contig, each.alt, each.model.symbol] for each in expected]
    assert [call.terms for call in found] == [change.terms for change in expected]
    assert len(expected) == 3_604


def test_should_name_the_transcript_when_a_stop_on_either_strand_is_completed_by_the_tail(
    genome_bundle: Path, tmp_path: Path
) -> None:
    models = {each.symbol: each for each in genome().models if each.symbol in ("ND2", "ND6")}
    alleles = {
        (change.position_on_contig, change.ref, change.alt)
        for model in models.values()
        for change in changes(model)
        if len(change.codons.split("/")[0]) < 3
    }

    calls = call_consequences(genome_bundle, alleles, tmp_path, contig_name="chrM")

    assert {call.terms for call in calls.values()} == {frozenset({"3_prime_UTR_variant"})}
    assert {call.gene for call in calls.values()} == {"ND2", "ND6"}
