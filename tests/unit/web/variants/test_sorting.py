"""The order of the table: what matters most first, or any column, a page at a time."""

from collections.abc import Callable
from typing import Any

import pytest

from runtime.common.job import Job
from runtime.vcf.consequences import IMPACTS, SEVERITY
from runtime.vcf.significance import RANKS, significance_of
from runtime.web.services.track_facts import Tracks
from runtime.web.services.variants.explorer import VariantPage
from runtime.web.services.variants.filters import InvalidFilter, VariantQuery
from runtime.web.services.variants.variant import Variant, VariantKey
from tests.unit.web.site import Browser, Site
from tests.unit.web.variants.family import Family

SIZE = 3
ORDERS = (
    *("importance", "position", "change", "gene", "impact", "hgvs", "known", "significance"),
    *("population", "genotype", "frequency", "quality"),
)


def known_of(site: Site, job: Job) -> Tracks:
    summary = site.services.results.summary(job)
    assert summary
    return summary.known


def ask(site: Site, job: Job, *, size: int = 50, **address: str) -> VariantPage:
    query = VariantQuery.from_args({name: [value] for name, value in address.items()})
    return site.services.variants.page(job, query, known_of(site, job), size)


def worst(variant: Variant) -> int:
    """Rank of the most severe effect; what isn't annotated comes last."""
    return min(effect.severity for effect in variant.effects)


def rated(variant: Variant) -> int | None:
    text = variant.fields.get("clinical_significance")
    return RANKS[significance_of(text)] if text else None


def importance(variant: Variant) -> tuple[int, int]:
    """Pathogenic, likely pathogenic, others, likely benign, benign; each by impact."""
    text = variant.fields.get("clinical_significance")
    said = significance_of(text).value if text else ""
    tiers = {"pathogenic": 0, "likely-pathogenic": 1, "likely-benign": 3, "benign": 4}
    impacts = ["HIGH", "MODERATE", "LOW", "MODIFIER"]
    terms = list(IMPACTS)
    impact = impacts.index(IMPACTS[terms[worst(variant)]]) if worst(variant) < len(terms) else 4
    return tiers.get(said, 2), impact


VALUES: dict[str, Callable[[Variant], Any]] = {
    "importance": importance,
    "position": lambda variant: variant.key.record,
    "change": lambda variant: f"{variant.ref}>{variant.alt or ''}",
    "gene": lambda variant: variant.shown.gene_name,
    "impact": lambda variant: worst(variant) if worst(variant) < len(SEVERITY) else None,
    "hgvs": lambda variant: variant.shown.change,
    "known": lambda variant: variant.fields.get("known_id") or variant.id,
    "significance": rated,
    "population": lambda variant: (
        float(variant.fields["mitomap_frequency"])
        if "mitomap_frequency" in variant.fields
        else None
    ),
    "frequency": lambda variant: variant.frequency,
    "quality": lambda variant: variant.quality,
}


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("order", VALUES)
def test_should_be_in_order_with_nothing_last_and_ties_by_position_when_sorted(
    site: Site, job: Job, order: str, descending: bool
) -> None:
    variants = ask(site, job, sort=f"-{order}" if descending else order).variants
    in_file = ask(site, job, sort="position").variants

    stated = [each for each in in_file if VALUES[order](each) is not None]
    expected = sorted(stated, key=VALUES[order])
    if descending:  # sorted(reverse=True) keeps ties in order, as it should be
        expected = sorted(stated, key=VALUES[order], reverse=True)
    nothing = [each for each in in_file if VALUES[order](each) is None]
    assert [each.key for each in variants] == [each.key for each in (*expected, *nothing)]
    assert len({VALUES[order](each) for each in in_file}) > 1


def test_should_open_on_what_matters_most_when_no_order_is_asked_for(site: Site, job: Job) -> None:
    page = ask(site, job)

    assert page.rated
    assert {v.position for v in page.variants[:4]} == {3243, 8993, 11778}
    assert page.variants[-1].fields["clinical_significance"] == "Benign"
    assert [v.key for v in page.variants] == [
        v.key for v in ask(site, job, sort="importance").variants
    ]


def test_should_name_the_order_and_lead_to_another_when_a_table_is_shown(
    browser: Browser, job: Job
) -> None:
    base = f"/jobs/{job.job_id}/variants"

    page = browser.get(base).text
    assert "what matters most first" in page
    assert "pathogenic, likely pathogenic, then by impact; benign last" in page
    assert f'href="{base}?sort=position" data-swap>By position</a>' in page
    assert "aria-sort" not in page
    by_gene = browser.get(f"{base}?sort=-gene").text
    assert by_gene.count('aria-sort="descending"') == 1
    assert "by gene, reversed" in by_gene
    assert f'href="{base}" data-swap>What matters most first</a>' in by_gene


def test_should_say_so_when_the_result_has_no_significance(site: Site, job: Job) -> None:
    page = site.services.variants.page(job, VariantQuery())  # nothing is told of its tracks

    assert not page.rated
    impacts = [worst(variant) for variant in page.variants]
    assert IMPACTS[list(IMPACTS)[impacts[0]]] == "HIGH" or impacts[0] == min(impacts)
    for order in ("significance", "population"):
        with pytest.raises(InvalidFilter, match="This result has no"):
            site.services.variants.page(job, VariantQuery.from_args({"sort": [order]}))


@pytest.mark.parametrize("order", [*ORDERS, *(f"-{order}" for order in ORDERS)])
def test_should_show_each_variant_once_when_paged_through_both_ways(
    site: Site, job: Job, order: str
) -> None:
    whole = [v.key for v in ask(site, job, sort=order).variants]

    page = ask(site, job, sort=order, size=SIZE)
    forward = list(page.variants)
    while len(forward) < len(whole):
        page = ask(site, job, sort=order, after=str(forward[-1].key), size=SIZE)
        assert page.first == len(forward) + 1
        forward += page.variants
    page = ask(site, job, sort=order, before="end", size=SIZE)
    backward = list(page.variants)
    while page.first > 1:
        assert page.first == len(whole) - len(backward) + 1
        page = ask(site, job, sort=order, before=str(page.variants[0].key), size=SIZE)
        new = [v for v in page.variants if v.key not in {b.key for b in backward}]
        backward = [*new, *backward]

    assert [v.key for v in forward] == whole
    assert [v.key for v in backward] == whole


@pytest.mark.parametrize("place", [{"after": "999-1"}, {"before": "999-1"}])
def test_should_show_the_first_page_when_the_address_names_no_variant(
    site: Site, job: Job, place: dict[str, str]
) -> None:
    assert ask(site, job, size=SIZE, **place).first == 1


@pytest.mark.parametrize("order", ["importance", "-frequency", "position", "-position", "gene"])
def test_should_lead_to_the_variants_beside_the_selected_one(
    site: Site, job: Job, order: str
) -> None:
    keys = [v.key for v in ask(site, job, sort=order, annotated="yes").variants]
    assert len(keys) > SIZE
    for at, key in enumerate(keys):
        for place in ({}, {"before": "end"}):
            page = ask(site, job, sort=order, annotated="yes", size=SIZE, variant=str(key), **place)
            assert page.previous == (keys[at - 1] if at else None)
            assert page.next == (keys[at + 1] if at + 1 < len(keys) else None)


def test_should_lead_nowhere_when_the_selected_variant_is_outside_of_the_filter(
    site: Site, job: Job
) -> None:
    page = ask(site, job, gene="MT-ND4", variant="4-2")

    assert page.selected
    assert page.selected.key == VariantKey(4, 2)
    assert (page.previous, page.next) == (None, None)


def test_should_sort_by_the_genotypes_of_the_sample_that_is_shown(family: Family) -> None:
    def page(**address: str) -> VariantPage:
        return ask(family.site, family.job, size=500, **address)

    shown = page(sort="genotype", affected="child")
    kinds = [
        genotype.zygosity
        for variant in shown.variants
        for genotype in shown.genotypes[variant.number]
        if genotype.sample == "child"
    ]
    order = ["hom", "hemi", "het", "incomplete", "missing", "ref"]
    assert kinds == sorted(kinds, key=lambda kind: order.index(kind or ""))
    assert len(set(kinds)) == len(order)
    with pytest.raises(InvalidFilter, match="Choose a sample"):
        page(sort="genotype")
