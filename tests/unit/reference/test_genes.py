"""The GFF3, line by line where `bcftools csq` depends on it."""

import gzip
from pathlib import Path

import pytest

from reference.facts import FactError
from reference.genes import COLUMNS, load_genes


@pytest.fixture(scope="module")
def features(bundle: Path) -> dict[str, list[tuple[str, int, int, str, str]]]:
    """Type, start, end, strand and phase of each feature, by the transcript or gene it names."""
    found: dict[str, list[tuple[str, int, int, str, str]]] = {}
    lines = gzip.decompress((bundle / "rcrs.gff3.gz").read_bytes()).decode().splitlines()
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
        ("mRNA", 3307, 4262, "+", "."),
        ("exon", 3307, 4262, "+", "."),
        ("CDS", 3307, 4262, "+", "0"),
        ("three_prime_UTR", 4261, 4262, "+", "."),
    ]


def test_should_give_no_utr_when_the_genome_holds_the_whole_stop(
    features: dict[str, list[tuple[str, int, int, str, str]]],
) -> None:
    assert features["ENST00000361681"] == [
        ("mRNA", 14149, 14673, "-", "."),
        ("exon", 14149, 14673, "-", "."),
        ("CDS", 14149, 14673, "-", "0"),
    ]


def test_should_give_no_cds_when_a_gene_makes_a_transfer_rna(
    features: dict[str, list[tuple[str, int, int, str, str]]],
) -> None:
    assert features["ENSG00000209082"] == [("ncRNA_gene", 3230, 3304, "+", ".")]
    assert features["ENST00000386347"] == [
        ("tRNA", 3230, 3304, "+", "."),
        ("exon", 3230, 3304, "+", "."),
    ]


def test_should_refuse_an_incomplete_stop_when_the_gene_is_on_the_minus_strand(
    tmp_path: Path,
) -> None:
    row = ("X", "1", "7", "-", "protein_coding", "ENSG00000000001.1", "ENST00000000001.1", "T")
    path = tmp_path / "genes.tsv"
    path.write_text("\n".join(["\t".join(COLUMNS), "\t".join(row)]))

    with pytest.raises(FactError, match="minus strand is not handled"):
        load_genes(path, "ATTTCAT")
