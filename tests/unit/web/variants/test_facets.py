"""The counts beside the choices of the filter: each is what that choice would leave."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from runtime.common.job import Job
from runtime.web.services.variants import facets
from runtime.web.services.variants.facets import Facets
from runtime.web.services.variants.filters import VariantFilter, VariantQuery
from runtime.web.services.variants.query_engine import QueryTooLarge
from runtime.web.services.variants.variant import NUMBER
from tests.unit.web.site import Browser, Site
from tests.unit.web.variants.family import Family
from tests.unit.web.variants.test_sorting import known_of

FILTERS: tuple[dict[str, list[str]], ...] = (
    {"impact": ["MODERATE"]},
    {"impact": ["MODERATE", "MODIFIER"], "class": ["SNV"]},
    {"consequence": ["missense_variant"], "contig": ["MT"]},
    {"gene": ["MT-ATP8"]},
    {"field": ["clinical_significance:Pathogenic", "mitomap_status:Confirmed"]},
    {"clinical": ["any"], "q": ["leu"]},
    {"annotated": ["yes"], "class": ["deletion"]},
    {"q": ["nothing has this"]},
)


def ask(site: Site, job: Job, address: Mapping[str, list[str]]) -> tuple[VariantFilter, Facets]:
    query = VariantQuery.from_args(address)
    return query.filter, site.services.variants.page(job, query, known_of(site, job)).facets


def chosen(wanted: VariantFilter, **changes: Any) -> VariantFilter:
    return wanted.model_copy(update=changes)


def variants(site: Site, job: Job, wanted: VariantFilter) -> int:
    return site.services.variants.counts(job, wanted).variants


def agree(site: Site, job: Job, address: Mapping[str, list[str]]) -> None:
    wanted, found = ask(site, job, address)
    assert found.counted
    for name, counts, every in (
        ("impact", found.impacts, ("HIGH", "MODERATE", "LOW", "MODIFIER")),
        ("consequence", found.consequences, ("missense_variant", "intergenic_variant")),
        ("variant_class", found.classes, ("SNV", "deletion", "insertion")),
        ("contig", found.contigs, tuple(found.contigs)),
    ):
        assert counts is not None
        for value in {*every, *counts}:
            left = variants(site, job, chosen(wanted, **{name: (value,)}))
            assert counts.get(value, 0) == left, (name, value)
    assert found.annotated == variants(site, job, chosen(wanted, annotated="yes"))
    assert found.values
    for column, values in found.values.items():
        kept = tuple(each for each in wanted.field if not each.startswith(f"{column}:"))
        clinical = () if column == "clinical_significance" else wanted.clinical
        for value, count in values.items():
            field = (*kept, f"{column}:{value}")
            left = variants(site, job, chosen(wanted, field=field, clinical=clinical))
            assert count == left, (column, value)


@pytest.mark.parametrize("address", FILTERS, ids=str)
def test_should_count_what_each_choice_would_leave_when_there_is_a_filter(
    site: Site, job: Job, address: dict[str, list[str]]
) -> None:
    agree(site, job, address)


def test_should_count_by_the_other_conditions_when_genotypes_are_asked_for(family: Family) -> None:
    agree(family.site, family.job, {"sample": ["child"], "zygosity": ["het"], "impact": ["LOW"]})


def test_should_count_the_same_when_an_older_result_does_not_number_its_variants(
    site: Site, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = {"class": ["SNV"]}
    _, numbered = ask(site, job, address)

    monkeypatch.setattr(facets, "NUMBER", "no_such_column")

    assert NUMBER
    assert ask(site, job, address)[1] == numbered


def test_should_say_so_when_choices_are_too_many_to_count(
    own_site: Site, result_of_own_site: tuple[Browser, Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, job = result_of_own_site

    def refuse(*_args: object) -> None:
        raise QueryTooLarge

    monkeypatch.setattr(facets.FacetCounter, "_of_rows", refuse)
    answer = browser.get(f"/jobs/{job.job_id}/variants?class=SNV")

    assert answer.status_code == 200
    assert "too much to count each choice" in answer.text
    assert replace(ask(own_site, job, {"class": ["SNV"]})[1], counted=True).impacts is None
