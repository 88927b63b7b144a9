"""The GFF3 of `bcftools csq`, line by line where csq depends on it."""

import gzip
from pathlib import Path

import pytest


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
