"""The table's queries against a plain loop over the same rows, and what stands behind them."""

from collections.abc import Callable
from typing import Any

import pytest

from runtime.common.job import Job
from runtime.web.services.variants.filters import VariantQuery
from runtime.web.services.variants.result_table import VariantCounts
from runtime.web.services.variants.variant import VariantKey
from tests.unit.web.site import Site
from tests.unit.web.variants.conftest import RECORDS, vcf_of
from tests.unit.web.variants.results import annotated

Row = dict[str, Any]
SEARCHED = (
    *("SYMBOL", "Gene", "Feature", "MANE_SELECT", "Consequence", "HGVSg", "HGVSc", "HGVSp"),
    *("id", "known_id", "clinical_significance", "condition", "condition_names"),
    "mitomap_status",
    *("mitomap_status_note", "mitomap_haplogroups", "mitotip_interpretation", "region_name"),
)
TERMS = ("Consequence", *SEARCHED[10:])


def found(row: Row, text: str, without: tuple[str, ...] = ()) -> bool:
    return any(
        (text.replace(" ", "_") if name in TERMS else text).lower() in (row[name] or "").lower()
        for name in SEARCHED
        if name not in without
    )


def within(row: Row, low: float, high: float) -> bool:
    return row["allele_frequency"] is not None and low <= row["allele_frequency"] <= high


def share(row: Row) -> float:
    return float(row["mitomap_frequency"] or -1)


def is_change(row: Row, position: int, ref: str, alt: str) -> bool:
    return (row["position"], row["ref"], row["alt"]) == (position, ref, alt)


FILTERS: list[tuple[dict[str, list[str]], Callable[[Row], bool]]] = [
    ({}, lambda row: True),
    ({"gene": ["MT-ATP6"]}, lambda row: row["SYMBOL"] == "MT-ATP6"),
    ({"gene": ["MT-ATP6,MT-ATP8"]}, lambda row: row["SYMBOL"] in ("MT-ATP6", "MT-ATP8")),
    (
        {"gene": ["MT-ATP6"], "consequence": ["missense_variant"]},
        lambda row: row["SYMBOL"] == "MT-ATP6" and row["Consequence"] == "missense_variant",
    ),
    ({"consequence": ["start_lost"]}, lambda row: "start_lost" in (row["Consequence"] or "")),
    ({"impact": ["HIGH", "MODERATE"]}, lambda row: row["IMPACT"] in ("HIGH", "MODERATE")),
    ({"class": ["SNV"]}, lambda row: row["VARIANT_CLASS"] == "SNV"),
    ({"known": ["any"]}, lambda row: bool(row["known_id"] or row["id"])),
    ({"known": ["NONE"]}, lambda row: not row["known_id"] and not row["id"]),
    ({"known": ["MINE2"]}, lambda row: row["id"] == "mine1;mine2"),
    ({"known": ["rs199476112"]}, lambda row: row["known_id"] == "rs199476112"),
    ({"clinical": ["any"]}, lambda row: row["clinical_significance"] is not None),
    ({"clinical": ["Pathogenic"]}, lambda row: row["clinical_significance"] == "Pathogenic"),
    (
        {"field": ["mitomap_status:Confirmed", "mitomap_status:Reported"]},
        lambda row: row["mitomap_status"] in ("Confirmed", "Reported"),
    ),
    (
        {"field": ["mitomap_status:Confirmed"], "population_af_max": ["0.0001"]},
        lambda row: row["mitomap_status"] == "Confirmed" and share(row) <= 1e-4,
    ),
    (
        {"field": ["mitomap_frequency:none"]},
        lambda row: share(row) < 0 and not row["not_annotated"],
    ),
    ({"field": ["region_name:HVS2"]}, lambda row: "HVS2" in (row["region_name"] or "").split(",")),
    (
        {"field": ["clinical_significance:none"]},
        lambda row: row["clinical_significance"] is None and row["not_annotated"] is None,
    ),
    ({"field": ["no_such_column:x"]}, lambda row: False),
    ({"af_min": ["0.25"]}, lambda row: within(row, 0.25, 1)),
    ({"af_min": ["0,25"], "af_max": ["1e0"]}, lambda row: within(row, 0.25, 1)),
    ({"af_max": ["0.01"]}, lambda row: within(row, 0, 0.01)),
    ({"annotated": ["yes"]}, lambda row: row["not_annotated"] is None),
    ({"annotated": ["yes"], "region": ["chr1"]}, lambda row: False),
    ({"region": ["MT"]}, lambda row: row["contig"] == "MT"),
    (
        {"region": ["chrM:263-3243"]},
        lambda row: 263 <= row["position"] <= 3243 and row["id"] != "rs1",
    ),
    (
        {"region": ["mt:263-3243"]},
        lambda row: 263 <= row["position"] <= 3243 and row["id"] != "rs1",
    ),
    ({"region": ["3243"]}, lambda row: row["position"] == 3243),
    ({"region": ["9" * 200]}, lambda row: False),
    ({"region": ["%"]}, lambda row: False),
    ({"region": ["chr1"]}, lambda row: row["contig"] == "chr1"),
    (
        {"region": ["MT:16000-100"]},
        lambda row: row["contig"] == "MT" and not 100 < row["position"] < 16000,
    ),
    ({"q": ["arg340"]}, lambda row: found(row, "arg340")),
    ({"q": ["Missense variant"]}, lambda row: row["Consequence"] == "missense_variant"),
    ({"q": ["MT-"]}, lambda row: found(row, "mt-")),
    ({"q": ["%"]}, lambda row: found(row, "%")),
    ({"q": ["_"]}, lambda row: found(row, "_")),
    ({"q": ["\u00e9\u00e8 \u2603"]}, lambda row: False),
    ({"q": ["\x00"]}, lambda row: False),
    ({"q": ["' OR 1=1 --"]}, lambda row: False),
    ({"q": ["9" * 200]}, lambda row: False),
    ({"q": ["11,778"]}, lambda row: row["position"] == 11778 or found(row, "11,778")),
    ({"q": ["3243"]}, lambda row: row["position"] == 3243 or found(row, "3243", ("HGVSg",))),
    ({"q": ["c.1019g>a"]}, lambda row: found(row, ":c.1019G>A")),
    ({"q": ["p.Arg340His"]}, lambda row: found(row, "p.arg340his")),
    ({"q": ["m.11778"]}, lambda row: row["position"] == 11778),
    ({"q": ["m.3243A>G"]}, lambda row: is_change(row, 3243, "A", "G")),
    ({"q": ["NC_012920.1:m.3243a>t"]}, lambda row: is_change(row, 3243, "A", "T")),
    ({"q": ["A3243G"]}, lambda row: is_change(row, 3243, "A", "G")),
    ({"q": ["M-11778-G-A"]}, lambda row: is_change(row, 11778, "G", "A")),
    ({"q": ["mt:3243"]}, lambda row: row["position"] == 3243),
    ({"gene": ["ENSG00000198886"]}, lambda row: row["SYMBOL"] == "MT-ND4"),
    ({"gene": ["mt-nd4"]}, lambda row: row["SYMBOL"] == "MT-ND4"),
    ({"gene": ["ENSG00000198886.12"]}, lambda row: row["SYMBOL"] == "MT-ND4"),
    ({"gene": ["mt-n*"]}, lambda row: (row["SYMBOL"] or "").startswith("MT-N")),
    (
        {"gene": ["MT-ATP6,mt-n*"]},
        lambda row: (row["SYMBOL"] or "").startswith(("MT-ATP6", "MT-N")),
    ),
    ({"q": ["ensg00000198886.12"]}, lambda row: row["SYMBOL"] == "MT-ND4"),
    ({"contig": ["chrM"]}, lambda row: row["contig"] == "MT"),
    ({"contig": ["chr1"]}, lambda row: row["contig"] == "chr1"),
    ({"gene": ["x')/**/OR/**/(true"]}, lambda row: False),
]


def read(**address: list[str]) -> VariantQuery:
    return VariantQuery.from_args(address)


@pytest.mark.parametrize(
    ("region", "positions"),
    [
        ("HLA-A*01:01:01:01", [7, 70]),
        ("HLA-A*01:01:01:01:7-8", [7]),
        ("HLA-A*24:152", [9]),
        ("HLA-A*24:152:9", [9]),
        ("HLA-A*24:152:10", []),
    ],
)
def test_should_find_contigs_whose_names_have_colons(
    site: Site, unusual: Job, region: str, positions: list[int]
) -> None:
    page = site.services.variants.page(unusual, read(region=[region], sort=["position"]))
    assert [variant.position for variant in page.variants] == positions


@pytest.fixture(scope="module")
def unusual(site: Site) -> Job:
    """A result with contigs of HLA."""
    others = [("HLA-A*01:01:01:01", 7), ("HLA-A*01:01:01:01", 70), ("HLA-A*24:152", 9)]
    records = [(contig, at, ".", "A", "C", ".", ".") for contig, at in others]
    return annotated(site, site.user(), vcf_of((RECORDS[0], *records)))


def key_of(row: Row) -> tuple[int, int]:
    return row["record"], row["allele"]


@pytest.mark.parametrize(("address", "meets"), FILTERS, ids=[str(a) for a, _ in FILTERS])
def test_should_leave_what_a_plain_loop_leaves(
    site: Site,
    job: Job,
    rows: list[Row],
    address: dict[str, list[str]],
    meets: Callable[[Row], bool],
) -> None:
    left = [row for row in rows if meets(row)]
    page = site.services.variants.page(job, read(**address, sort=["position"]))
    assert [variant.key for variant in page.variants] == sorted({key_of(row) for row in left})
    assert page.counts == VariantCounts(
        variants=len({key_of(row) for row in left}),
        records=len({row["record"] for row in left}),
        rows=len(left),
        without_alt=len({key_of(row) for row in left if row["alt"] is None}),
    )
    matching = [effect for variant in page.variants for effect in variant.effects if effect.matches]
    assert len(matching) == len(left)


def test_should_count_the_variants_of_each_contig_when_there_are_several(
    site: Site, job: Job
) -> None:
    contigs = site.services.variants.page(job, read()).facets.contigs
    assert list(contigs) == ["MT", "chr1"]
    for name, variants in contigs.items():
        wanted = read(contig=[name]).filter
        assert site.services.variants.counts(job, wanted).variants == variants


def test_should_show_every_effect_when_the_filter_leaves_one(site: Site, job: Job) -> None:
    page = site.services.variants.page(job, read(gene=["MT-ATP8"]))
    [both] = page.variants
    assert both.position == 8527
    assert {effect.symbol: effect.matches for effect in both.effects} == {
        "MT-ATP8": True,
        "MT-ATP6": False,
    }
    assert both.shown.symbol == "MT-ATP8"


def test_should_show_the_selected_variant_when_the_filter_leaves_it_out(
    site: Site, job: Job
) -> None:
    page = site.services.variants.page(job, read(gene=["MT-ND4"], variant=["4-2"]))
    assert page.selected
    assert (page.selected.position, page.selected.alt) == (3243, "T")
    assert VariantKey(4, 2) not in [variant.key for variant in page.variants]
    assert site.services.variants.page(job, read(variant=["999-1"])).selected is None


def test_should_count_alleles_as_the_summary_does(site: Site, job: Job) -> None:
    counts = site.services.variants.page(job, VariantQuery()).counts
    alleles = sum(alt != "." for record in RECORDS for alt in record[4].split(","))
    assert (counts.records, counts.variants - counts.without_alt) == (len(RECORDS), alleles)
