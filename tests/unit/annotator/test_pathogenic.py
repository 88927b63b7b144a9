"""What the summary lists of alleles that a track rates as pathogenic."""

import pytest

from runtime.annotator import pathogenic
from runtime.annotator.limits import Limits
from tests.unit.annotator.conftest import Annotate
from tests.unit.annotator.vcfs import MELAS, NARP, record, vcf

OTHER = record(263, "A", "G")


def test_should_list_a_variant_with_its_rating_when_a_track_calls_it_pathogenic(
    annotate: Annotate,
) -> None:
    result = annotate(vcf(OTHER, MELAS, NARP))

    found = result.summary["pathogenic"]
    assert found["alleles"] == 2
    assert found["values"] == {"clinical_significance": {"Pathogenic": 2}}
    assert [each["HGVSg"] for each in found["variants"]] == [
        "NC_012920.1:m.3243A>G",
        "NC_012920.1:m.8993T>G",
    ]
    assert found["variants"][1] == {
        "record": 3,
        "allele": 1,
        "contig": "MT",
        "position": 8993,
        "HGVSg": "NC_012920.1:m.8993T>G",
        "gene": "MT-ATP6",
        "HGVSp": result.rows[-1]["HGVSp"],
        "significance": {"clinical_significance": "Pathogenic"},
    }


def test_should_find_the_same_rows_in_the_table_when_records_repeat_and_batches_are_small(
    annotate: Annotate,
) -> None:
    several = record(8993, "T", "A,G,C")
    lines = [OTHER, NARP, NARP, *[OTHER] * 600, several, MELAS]

    result = annotate(vcf(*lines), limits=Limits(batch_records=100))

    rows = {
        (row["record"], row["allele"]): (row["position"], row["clinical_significance"])
        for row in result.rows
        if "athogenic" in (row["clinical_significance"] or "")
    }
    found = result.summary["pathogenic"]
    assert found["alleles"] == len(rows) == 5
    listed = {
        (each["record"], each["allele"]): (
            each["position"],
            each["significance"]["clinical_significance"],
        )
        for each in found["variants"]
    }
    assert listed.items() < rows.items()
    assert list(listed) == [(2, 1), (604, 3), (605, 1)]
    assert found["positions"] == {"MT": {"46": 1, "128": 4}}


def test_should_count_all_when_more_than_can_be_listed_are_pathogenic(
    annotate: Annotate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pathogenic, "MOST_LISTED", 1)

    found = annotate(vcf(MELAS, NARP)).summary["pathogenic"]

    assert found["alleles"] == 2
    assert [each["position"] for each in found["variants"]] == [3243]
