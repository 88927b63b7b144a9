"""What the bundle `rcrs` knows of mitochondrial variants, from an upload to the result.

The expected values are those of textbooks and of MITOMAP's and ClinGen's own pages.
"""

from typing import Any

import pytest

from runtime.annotator.bundle import Bundle
from tests.unit.annotator.conftest import Annotate
from tests.unit.annotator.results import Result
from tests.unit.annotator.vcfs import record, vcf

WELL_KNOWN = {
    "m.3243A>G": (3243, "A", "G", "Confirmed", "Pathogenic", "MELAS"),
    "m.8344A>G": (8344, "A", "G", "Confirmed", "Pathogenic", "MERRF"),
    "m.11778G>A": (11778, "G", "A", "Confirmed", "Pathogenic", "LHON"),
    "m.14484T>C": (14484, "T", "C", "Confirmed", "Pathogenic", "LHON"),
    "m.3460G>A": (3460, "G", "A", "Confirmed", "Pathogenic", "LHON"),
    "m.1555A>G": (1555, "A", "G", "Confirmed", "Pathogenic", "DEAF"),
    "m.8993T>G": (8993, "T", "G", "Confirmed", "Pathogenic", "NARP"),
    "m.8993T>C": (8993, "T", "C", "Confirmed", "Pathogenic", "NARP"),
    "m.7471dup, as a caller writes it": (7465, "A", "AC", "Confirmed", "Pathogenic", "PEM"),
    "m.7471dup, as MITOMAP writes it": (7471, "C", "CC", "Confirmed", "Pathogenic", "PEM"),
}
COMMON = {
    # Position, REF, ALT, and the least and most of the world's sequences that have it.
    "m.73A>G": (73, "A", "G", 0.6, 0.9),
    "m.263A>G": (263, "A", "G", 0.9, 1.0),
    "m.750A>G": (750, "A", "G", 0.95, 1.0),
    "m.3243A>G": (3243, "A", "G", 0.0, 0.001),
    "m.11778G>A": (11778, "G", "A", 0.0, 0.01),
}
STRETCHES = {
    # What the field calls a place: Anderson et al. 1981, GenBank NC_012920.1.
    73: {"control_region", "HVS2"},
    16189: {"control_region", "HVS1"},
    310: {"control_region", "HVS2", "OriH", "CSB2"},
    5730: {"OriL"},
    8280: {"between_genes"},
    3300: set(),
}


def _alleles(result: Result) -> list[dict[str, Any]]:
    return [row for row in result.rows if row["PICK"] is not False]


def test_should_tell_disease_status_and_score_when_a_variant_is_well_known(
    annotate: Annotate,
) -> None:
    ordered = sorted(WELL_KNOWN.items(), key=lambda each: each[1][0])
    lines = [record(at, ref, alt) for _, (at, ref, alt, *_) in ordered]
    rows = dict(zip([name for name, _ in ordered], _alleles(annotate(vcf(*lines))), strict=True))

    for name, (*_, status, rating, disease) in WELL_KNOWN.items():
        row = rows[name]
        assert (row["mitomap_status"], row["clinical_significance"]) == (status, rating), name
        assert any(part.startswith(disease) for part in row["condition"].split("|")), name
        assert all(each.isdecimal() for each in row["mitomap_pubmed"].split("|")), name
    # A tRNA gene, and none.
    assert float(rows["m.3243A>G"]["mitotip_score"]) > 12.66
    assert rows["m.3243A>G"]["mitotip_interpretation"].endswith("pathogenic")
    assert rows["m.11778G>A"]["mitotip_score"] is None


def test_should_tell_how_frequent_an_allele_is(annotate: Annotate) -> None:
    alleles = sorted(COMMON.values())
    rows = _alleles(annotate(vcf(*(record(at, ref, alt) for at, ref, alt, _, _ in alleles))))

    for (at, *_, least, most), row in zip(alleles, rows, strict=True):
        frequency = float(row["mitomap_frequency"])
        assert least <= frequency <= most, at
        assert frequency == pytest.approx(int(row["mitomap_count"]) / 61_883, rel=1e-5), at


def test_should_name_stretches_when_a_variant_lies_outside_of_genes(
    bundle: Bundle, annotate: Annotate
) -> None:
    bases = {at: bundle.fasta.bases("MT", at, 1).decode() for at in sorted(STRETCHES)}
    lines = [record(at, ref, "C" if ref != "C" else "T") for at, ref in bases.items()]

    found = {
        row["position"]: set((row["region_name"] or "").split(",")) - {""}
        for row in _alleles(annotate(vcf(*lines)))
    }

    assert found == STRETCHES


def test_should_say_nothing_of_an_allele_that_no_list_has(annotate: Annotate) -> None:
    (row,) = _alleles(annotate(vcf(record(3243, "A", "ACCCCC"))))

    columns = ("mitomap_status", "clinical_significance", "condition", "mitomap_frequency")
    assert [row[column] for column in columns] == [None] * 4


def test_should_count_what_the_lists_say_in_the_summary(bundle: Bundle, annotate: Annotate) -> None:
    summary = annotate(vcf(record(73, "A", "G"), record(3243, "A", "G,T"))).summary

    assert summary["field_values"]["mitomap_status"] == {"Confirmed": 2}
    assert summary["field_values"]["clinical_significance"] == {
        "Likely_pathogenic": 1,
        "Pathogenic": 1,
    }
    tracks = {track["name"]: track for track in summary["bundle"]["tracks"]}
    assert set(tracks) == {track.name for track in bundle.manifest.tracks}
    rated = next(
        field for field in tracks["mitomap"]["fields"] if field["column"] == "clinical_significance"
    )
    assert (rated["kind"], rated["records"]) == ("significance", 276)
