"""The reference of a file, found by the rules that files are annotated by."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runtime.vcf.fasta import Fasta
from tests.unit.web.api.client import Program
from tests.unit.web.site import Site

CONTIG = "2"


@pytest.fixture
def program(site_of_two: Site) -> Program:
    return Program(site_of_two, site_of_two.user())


@pytest.fixture(scope="module")
def records(genome_bundle: Path) -> list[dict[str, Any]]:
    """Records whose REF is the invented genome's."""
    fasta = Fasta(next(genome_bundle.glob("*.fa")))
    return [
        {"contig": CONTIG, "position": at, "ref": fasta.bases(CONTIG, at, 2).decode()}
        for at in range(100, 300, 20)
    ]


def find(program: Program, **start: Any) -> dict[str, Any]:
    answer = program.ask("POST /references/find", json=start)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_should_find_it_when_the_lengths_of_contigs_tell_it(program: Program) -> None:
    found = find(program, contigs=[{"name": "chrM", "length": 16569}], seen=["chrM"])
    assert (found["reference"], found["level"]) == ("rcrs", "good")
    assert "16,569" in found["assembly"]


def test_should_compare_the_ref_alleles_when_only_they_tell_it(
    program: Program, records: list[dict[str, Any]]
) -> None:
    found = find(program, seen=[CONTIG], records=records)
    assert found["reference"] == "invented"
    assert found["agreement"] == "REF alleles that agree: 10 of 10 with Invented1"
    turned = [
        {**each, "ref": each["ref"].translate(str.maketrans("ACGT", "CATG"))} for each in records
    ]
    found = find(program, seen=[CONTIG], records=turned, chosen="invented")
    assert found["level"] == "warn"
    assert "probably made against another assembly" in found["text"]


def test_should_read_the_bases_from_s3_when_the_instance_lacks_the_sequence(
    site_of_two: Site, genome_bundle: Path, records: list[dict[str, Any]], tmp_path: Path
) -> None:
    reference = site_of_two.services.references.get("invented")
    assert reference is not None
    site_of_two.s3.create_bucket(Bucket="references")
    for path in (genome_bundle / reference.manifest.fasta, *genome_bundle.glob("*.fai")):
        site_of_two.s3.upload_file(str(path), "references", f"invented-1/{path.name}")
    away = replace(reference, folder=tmp_path)
    finder = site_of_two.services.file_reference
    bases = finder._bases_of(away)
    for each in records:
        assert bases(CONTIG, each["position"], 2).decode() == each["ref"]


def test_should_stop_when_the_chosen_one_contradicts_the_file(program: Program) -> None:
    found = find(
        program,
        contigs=[{"name": "chr1", "length": 248956422}],
        seen=["chr1"],
        complete=True,
        chosen="rcrs",
    )
    assert (found["reference"], found["level"]) == ("rcrs", "stop")
    assert "GRCh38" in found["text"]


@pytest.mark.parametrize(
    ("start", "field"),
    [
        ({"chosen": "hg18"}, "chosen"),
        ({"records": [{"contig": "1", "position": 0, "ref": "A"}]}, "records.0.position"),
        ({"records": [{"contig": "1", "position": 1, "ref": "<DEL>"}]}, "records.0.ref"),
        ({"contigs": [{"name": "1", "length": 1}] * 201}, "contigs"),
    ],
)
def test_should_name_the_field_when_a_question_does_not_fit(
    program: Program, start: dict[str, Any], field: str
) -> None:
    answer = program.ask("POST /references/find", json=start)
    assert answer.status_code == 400
    assert [each["field"] for each in answer.get_json()["errors"]] == [field]
