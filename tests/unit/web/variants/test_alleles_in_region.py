"""Which alleles the genome browser draws: those that meet the table's filter."""

import pytest

from runtime.common.job import Job
from runtime.web.services.variants import alleles_in_region
from runtime.web.services.variants.alleles_in_region import alleles_in_region as in_view
from runtime.web.services.variants.filters import VariantQuery
from runtime.web.services.variants.region import Region
from tests.unit.web.site import Browser
from tests.unit.web.variants.family import Family
from tests.unit.web.variants.test_genotypes import TRIO

WHOLE = "at=chrM:1-16569"


@pytest.mark.parametrize(
    ("asked", "alleles"),
    [
        (f"{WHOLE}&gene=MT-ND4", [[11778, "G", "A"]]),
        ("at=MT:8000-9000&class=SNV", [[8527, "A", "G"], [8993, "T", "C"], [8993, "T", "G"]]),
        ("at=MT:8528-9000&class=SNV", [[8993, "T", "C"], [8993, "T", "G"]]),
        ("at=8993&impact=MODERATE", [[8993, "T", "C"], [8993, "T", "G"]]),
        (f"{WHOLE}&gene=MT-ND4&region=MT:1-100", [[11778, "G", "A"]]),  # its region is let go
        ("at=MT:3000-3200", [[3107, "N", None]]),
        (f"{WHOLE}&gene=MT-ND5", []),
        ("at=chr1:900-1100", [[1000, "C", "<DEL>"]]),
    ],
)
def test_should_name_the_alleles_that_meet_the_filter_when_a_region_is_in_view(
    browser: Browser, job: Job, asked: str, alleles: list[list[object]]
) -> None:
    answer = browser.get(f"/jobs/{job.job_id}/genome/matches.json?{asked}")

    assert answer.status_code == 200
    assert sorted(answer.get_json()["alleles"]) == alleles


def test_should_ask_the_whole_result_for_the_other_variant_of_a_gene_when_one_is_in_view(
    family: Family,
) -> None:
    wanted = {**TRIO, "inheritance": "compound-heterozygous"}
    query = VariantQuery.from_args({name: [value] for name, value in wanted.items()})
    expected = family.found(**wanted)
    assert expected

    for position in expected:
        region = Region("MT", position, position)
        found = in_view(family.site.services.variants, family.job, query.filter, region)
        assert [allele.position for allele in found] == [position]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (WHOLE + "&impact=BAD", "An impact is one of"),
        ("gene=MT-ND4", "Write a region as contig:start-end"),
        ("at=MT:0-5", "count from 1"),
        (WHOLE + "&sample=nobody", "nobody"),
    ],
)
def test_should_say_what_is_wrong_when_the_filter_or_the_region_is(
    browser: Browser, job: Job, asked: str, said: str
) -> None:
    answer = browser.get(f"/jobs/{job.job_id}/genome/matches.json?{asked}")

    assert answer.status_code == 400
    assert said in answer.get_json()["error"]


def test_should_ask_to_zoom_in_when_too_many_meet_the_filter(
    browser: Browser, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alleles_in_region, "MOST_ALLELES", 5)

    answer = browser.get(f"/jobs/{job.job_id}/genome/matches.json?{WHOLE}")

    assert answer.status_code == 413
    assert "Zoom in" in answer.get_json()["error"]
