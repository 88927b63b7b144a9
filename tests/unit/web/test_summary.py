"""The page's summary stands on the file that the annotator writes: this one is the annotator's."""

import html
import json
import re
from collections import Counter
from typing import Any

import pytest

from runtime.annotator.summary import summarize
from runtime.annotator.tally import Tally
from runtime.web.services.summary import Summary, parse_summary
from tests.unit.web.job_states import completed
from tests.unit.web.site import Site


def written(**counts: Any) -> dict[str, Any]:
    """What the annotator writes of a small result."""
    facts = {
        "service": "GAS annotator 2",
        "input": {
            "file_name": "x.vcf",
            "sha256": "a" * 64,
            "size": 5863,
            "compression": "none",
            "vcf_version": "4.2",
        },
        "bundle": {"name": "rcrs", "version": "1.0.0", "assembly": "rCRS", "tracks": []},
        "engines": [
            {
                "name": "bcftools csq",
                "version": "1.24",
                "rules": "bcftools csq",
                "genetic_codes": [2],
            }
        ],
        "warnings": [],
        "commands": ["bcftools norm x.vcf"],
        "tags": {"consequence": "CSQ", "not_annotated": "N", "fields": {}},
        "samples": {"total": 1, "no_genotypes": None, "zygosity": {"a": {"het": 78}}},
        "problems": [
            {"line": 9, "contig": "MT", "position": 3107, "reason": "invalid_allele"},
        ],
        "on_known_contigs": 75,
        "contradicting": 0,
    }
    tally = Tally(records=75, alleles=78, annotated=77, **counts)
    return summarize(facts, tally, no_index="the records are not sorted")


@pytest.fixture
def summary() -> dict[str, Any]:
    return written(
        consequences=Counter(
            intergenic_variant=40, stop_gained=2, missense_variant=20, start_lost=3, novel_term=1
        ),
        impacts=Counter(HIGH=5, MODIFIER=41),
        genes=Counter({f"GENE{i}": 20 - i for i in range(12)}),
        fields=Counter(known_id=76, clinical_significance=35),
        not_annotated=Counter(invalid_allele=1),
    )


def read(written_: dict[str, Any]) -> Summary:
    found = parse_summary(json.dumps(written_).encode())
    assert found
    return found


def test_should_order_bars_by_severity_when_a_summary_is_read(summary: dict[str, Any]) -> None:
    bars = [(bar.label, bar.impact, bar.count) for bar in read(summary).bars]
    assert bars == [
        ("start lost", "HIGH", 3),
        ("stop gained", "HIGH", 2),
        ("missense variant", "MODERATE", 20),
        ("intergenic variant", "MODIFIER", 40),
        ("novel term", "MODIFIER", 1),
    ]


def test_should_have_no_bars_when_nothing_was_annotated() -> None:
    assert read(written()).bars == []


def test_should_show_numbers_chart_and_provenance_when_a_job_has_completed(
    site: Site, summary: dict[str, Any]
) -> None:
    user = site.user()
    job = completed(site, user, summary=json.dumps(summary).encode())
    page = " ".join(site.browser(user).get(f"/jobs/{job.job_id}").text.split())
    for said in (
        "<dt>records</dt><dd>75</dd>",
        "<dt>alternate alleles</dt><dd>78</dd>",
        '<div class="alert-number"><dt>with high impact</dt><dd><a href=',
        'impact=HIGH">5</a></dd>',
        "<dt>not annotated</dt><dd>1</dd>",
        'consequence=missense_variant">missense variant</a>',
        '<span class="visually-hidden">, moderate impact</span>',
        '<rect width="50.0%" height="100%" rx="3"/>',
        'gene=GENE0">GENE0</a>',
        "Line 9: MT 3107, invalid_allele",
        "The result has no index: the records are not sorted.",
        "<dd>rCRS, bundle rcrs 1.0.0</dd>",
        f"<code>{'a' * 64}</code>",
    ):
        assert said in page


DISEASES = {
    "name": "diseases",
    "version": None,
    "date": "2025-02-13",
    "format": "vcf",
    "title": "Disease associations",
    "publisher": "MITOMAP",
    "covers": "variants that were reported with a disease",
    "licence": "CC BY 3.0: https://creativecommons.org/licenses/by/3.0/",
    "link": "https://www.mitomap.org/",
    "records": 1036,
    "fields": [
        {
            "column": "clinical_significance",
            "kind": "significance",
            "title": "ClinGen's rating",
            "records": 276,
        },
        {"column": "status", "kind": "category", "title": "Status in MITOMAP", "records": 1036},
    ],
}


def _known(site: Site, summary: dict[str, Any]) -> str:
    summary["bundle"]["tracks"] = [DISEASES]
    user = site.user()
    job = completed(site, user, summary=json.dumps(summary).encode())
    page = site.browser(user).get(f"/jobs/{job.job_id}").text
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_should_say_whose_list_it_is_and_what_it_has_when_alleles_are_in_it(site: Site) -> None:
    page = _known(
        site,
        written(
            fields=Counter(clinical_significance=1, status=2),
            field_values={
                "clinical_significance": Counter(Likely_pathogenic=1),
                "status": Counter(Confirmed=1, Reported=1),
            },
        ),
    )

    assert "Disease associations MITOMAP, 2025-02-13" in page
    assert "2 of 78 alleles are in this list of 1,036 variants" in page
    assert "ClinGen's rating: Likely pathogenic 1." in page
    assert "Status in MITOMAP: Confirmed 1, Reported 1." in page
    assert "Not listed doesn't mean benign" in page


def test_should_not_say_zero_when_no_allele_is_in_a_list(site: Site) -> None:
    page = _known(site, written())

    assert "None of 78 alleles is in this list of 1,036 variants (variants that were" in page
    assert "ClinGen's rating: none of them; 276 entries of the list have one." in page
    assert "Not listed doesn't mean benign" in page
    assert "clinical significance 0" not in page.lower()


def test_should_still_say_what_is_known_when_an_earlier_release_made_the_result(
    site: Site,
) -> None:
    made = written(fields=Counter(known_id=76, clinical_significance=35))
    made["bundle"]["tracks"] = [{"name": "known", "version": "1.0.0", "date": "2026-11-22"}]
    del made["field_values"]

    known = read(made).known

    assert [(field.column, field.kind) for field in known.columns] == [
        ("known_id", "identifier"),
        ("clinical_significance", "significance"),
    ]
    job = completed(site, user := site.user(), summary=json.dumps(made).encode())
    page = " ".join(site.browser(user).get(f"/jobs/{job.job_id}").text.split())
    assert "76 of 78 alleles are in this list" in page
    assert "Clinical significance: 35 of them." in page


def test_should_say_what_is_missing_when_an_earlier_release_made_the_result(site: Site) -> None:
    made = written()
    for name in ("base_changes", "indel_lengths", "coding_indel_lengths", "pathogenic"):
        del made[name]
    made["samples"] = {"total": 1, "no_genotypes": None, "zygosity": {"a": {"het": 78}}}
    job = completed(site, user := site.user(), summary=json.dumps(made).encode())

    page = " ".join(site.browser(user).get(f"/jobs/{job.job_id}").text.split())

    assert "An earlier release made this result: it didn't count changes of bases" in page
    assert "Ti/Tv" not in page
    assert "<dt>Heterozygous</dt>" in page


def test_should_draw_changes_and_lengths_when_a_summary_has_them(site: Site) -> None:
    made = written()
    made["base_changes"] = {"A>G": 2_400_000, "C>T": 100, "A>C": 1_000_000, "G>T": 5}
    made["indel_lengths"] = {"-60": 1, "-3": 7, "1": 1000}
    made["coding_indel_lengths"] = {"-3": 2, "1": 1}
    made["bundle"]["assembly"] = "GRCh38.p14"
    job = completed(site, user := site.user(), summary=json.dumps(made).encode())

    page = " ".join(site.browser(user).get(f"/jobs/{job.job_id}").text.split())

    assert "<b>Ti/Tv 2.40</b> 2,400,100 transitions" in page
    assert "1,000,005 transversions" in page
    assert "Human genomes have about 2.0 to 2.1" in page
    assert "In coding sequences: 3" in page
    assert "Everywhere: 1,008" in page
    assert "<title>-30 or longer: 1 allele</title>" in page
    assert '<th scope="row">-3</th><td class="count">7</td><td class="count">2</td>' in page
    assert "earlier release" not in page


def test_should_say_why_when_samples_are_not_counted(site: Site) -> None:
    made = written()
    made["samples"] = {"total": 60, "no_genotypes": "the file has 60 samples", "zygosity": {}}
    job = completed(site, user := site.user(), summary=json.dumps(made).encode())

    page = site.browser(user).get(f"/jobs/{job.job_id}").text

    assert "There are no counts of each sample: the file has 60 samples." in page


def test_should_name_no_usual_ratio_when_the_reference_is_not_a_human_genome(site: Site) -> None:
    made = written()
    made["base_changes"] = {"A>G": 20, "A>C": 1}
    job = completed(site, user := site.user(), summary=json.dumps(made).encode())

    page = site.browser(user).get(f"/jobs/{job.job_id}").text

    assert "<b>Ti/Tv 20.00</b>" in page
    assert "GATK" not in page


def test_should_escape_what_the_file_says_when_it_is_shown(
    site: Site, summary: dict[str, Any]
) -> None:
    summary["genes"] = {"<script>alert(1)</script>": 1}
    user = site.user()
    job = completed(site, user, summary=json.dumps(summary).encode())
    page = site.browser(user).get(f"/jobs/{job.job_id}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("part", ["records", "alleles", "consequences"])
def test_should_be_no_summary_when_a_part_that_the_page_needs_is_gone(
    summary: dict[str, Any], part: str
) -> None:
    del summary[part]
    assert parse_summary(json.dumps(summary).encode()) is None


@pytest.mark.parametrize("part", ["genes", "engines", "bundle", "input", "index", "problems"])
def test_should_show_the_rest_when_another_part_is_gone(
    site: Site, summary: dict[str, Any], part: str
) -> None:
    del summary[part]
    user = site.user()
    job = completed(site, user, summary=json.dumps(summary).encode())
    assert "missense variant" in site.browser(user).get(f"/jobs/{job.job_id}").text
