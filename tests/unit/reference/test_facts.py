"""The data files: genes, known variants and the sample, against other sources and each other."""

import csv
from pathlib import Path

import pytest

from reference.rcrs.facts import DATA
from tests.shared_data import shared_data
from tests.unit.reference import oracle
from tests.unit.reference.csq import call_consequences


def _table(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _genes() -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in _table(DATA / "genes.tsv")}


def test_should_hold_the_37_genes_when_counted_by_kind() -> None:
    biotypes = [row["biotype"] for row in _genes().values()]

    assert len(biotypes) == 37
    assert {kind: biotypes.count(kind) for kind in set(biotypes)} == {
        "protein_coding": 13,
        "Mt_tRNA": 22,
        "Mt_rRNA": 2,
    }


def test_should_agree_with_the_oracle_s_table_when_a_gene_codes_for_a_protein() -> None:
    coding = {
        (name, int(row["start"]), int(row["end"]), row["strand"], row["transcript_id"][:15])
        for name, row in _genes().items()
        if row["biotype"] == "protein_coding"
    }

    assert coding == set(oracle.GENES)


def test_should_agree_with_genbank_when_stops_are_completed_by_polyadenylation() -> None:
    # The CDS features of NC_012920.1 with /transl_except=(pos:...,aa:TERM).
    completed = {
        name: row["polyadenylated_stop"]
        for name, row in _genes().items()
        if row["polyadenylated_stop"]
    }

    assert completed == {
        "MT-ND1": "TA",
        "MT-ND2": "T",
        "MT-CO3": "T",
        "MT-ND3": "T",
        "MT-ND4": "T",
        "MT-CYB": "T",
    }


def test_should_have_an_hgnc_id_of_its_own_when_it_is_a_gene() -> None:
    ids = {name: row["hgnc_id"] for name, row in _genes().items()}

    assert len(set(ids.values())) == 37
    # From the annotation of NC_012920.1 in RefSeq.
    assert {name: ids[name] for name in ("MT-TF", "MT-RNR1", "MT-ND1", "MT-CYB", "MT-TP")} == {
        "MT-TF": "HGNC:7481",
        "MT-RNR1": "HGNC:7470",
        "MT-ND1": "HGNC:7455",
        "MT-CYB": "HGNC:7427",
        "MT-TP": "HGNC:7494",
    }


def test_should_agree_with_the_shared_gene_table_when_it_is_there() -> None:
    shared = _table(shared_data() / "rcrs-genes.tsv")
    columns = ("name", "start", "end", "strand")

    assert [[row[column] for column in columns] for row in _genes().values()] == [
        [row[column] for column in columns] for row in shared
    ]


def test_should_know_the_shared_variants_when_they_are_there() -> None:
    ids = {_allele(row): row["dbsnp_id"] for row in _table(DATA / "known-ids.tsv")}
    ratings = {_allele(row): row["clingen"] for row in _table(DATA / "mitomap-diseases.tsv")}
    shared = _table(shared_data() / "rcrs-variants.tsv")
    expected = {_allele(row): row["dbsnp_id"] for row in shared}
    # rs3087742, of older builds of dbSNP, is rs869183622 since.
    expected["73", "A", "G"] = "rs869183622"

    assert {allele: ids[allele] for allele in expected} == expected
    for row in shared:
        if row["clinical_significance"] == "pathogenic":
            assert ratings[_allele(row)] in ("Pathogenic", "Likely pathogenic"), row


def _allele(row: dict[str, str]) -> tuple[str, str, str]:
    return row["pos"], row["ref"], row["alt"]


def test_should_give_an_id_to_one_position_only_when_a_known_variant_has_one() -> None:
    positions: dict[str, set[str]] = {}
    for row in _table(DATA / "known-ids.tsv"):
        positions.setdefault(row["dbsnp_id"], set()).add(row["pos"])

    assert {name: found for name, found in positions.items() if len(found) > 1} == {}


@pytest.fixture(scope="module")
def sample_terms(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    alleles = [
        (int(row["pos"]), row["ref"], alt)
        for row in _table(DATA / "sample-variants.tsv")
        for alt in row["alt"].split(",")
    ]
    calls = call_consequences(bundle, alleles, tmp_path_factory.mktemp("sample"))
    return {term for call in calls.values() for term in call.terms}


@pytest.mark.parametrize(
    "term",
    [
        "frameshift",
        "missense_variant",
        "non_coding_transcript_variant",
        "start_lost",
        "stop_gained",
        "stop_lost",
        "stop_retained_variant",
        "synonymous_variant",
    ],
)
def test_should_show_each_kind_of_consequence_when_the_sample_is_annotated(
    sample_terms: set[str], term: str
) -> None:
    assert term in sample_terms


def test_should_hold_a_mix_of_records_when_the_sample_is_read(bundle: Path) -> None:
    lines = (bundle / "sample.vcf").read_text().splitlines()
    records = [line.split("\t") for line in lines if not line.startswith("#")]
    positions = [int(record[1]) for record in records]

    assert 40 <= len(records) <= 100
    assert positions == sorted(positions)
    assert {record[0] for record in records} == {"chrM"}
    assert "##contig=<ID=chrM,length=16569,assembly=rCRS>" in lines
    assert [record[4] for record in records if "," in record[4]] == ["C,G"] * 3
    assert [record[9].split(":")[0] for record in records if "," in record[4]] == ["0/1/2"] * 3
    assert any(len(record[3]) > 1 for record in records)
    assert any(len(record[4].split(",")[0]) > 1 for record in records)
