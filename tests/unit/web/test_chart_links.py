"""What a mark of a chart leads to: as many variants as it counts."""

import html
import re

import pytest

from runtime.common.job import Job
from runtime.common.users import User
from runtime.web.services.circular_map import ring_of
from runtime.web.services.contig_strips import strips_of
from runtime.web.services.pathogenic_marks import conditions_of
from runtime.web.services.sample_charts import samples_of
from runtime.web.services.summary import Pathogenic
from runtime.web.services.track_facts import Tracks
from runtime.web.services.variants.filters import VariantQuery
from runtime.web.services.variants.variant import Variant
from tests.unit.web.site import Site
from tests.unit.web.variants.conftest import RECORDS, vcf_of
from tests.unit.web.variants.family import SAMPLES, Family, create_family
from tests.unit.web.variants.results import annotated, sample_of


@pytest.fixture(scope="module")
def family(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Family:
    """A result of four samples."""
    return create_family(site, tmp_path_factory.mktemp("family"))


def test_should_find_again_what_is_drawn_when_a_mark_is_followed(site: Site) -> None:
    user: User = site.user()
    job = annotated(site, user, vcf_of(RECORDS))
    page = site.browser(user).get(f"/jobs/{job.job_id}").text
    summary = site.services.results.summary(job)
    assert summary
    ring = ring_of(summary, site.reference)
    assert ring
    for bar in ring.bars:
        assert f'?region={bar.region.replace(":", "%3A")}&amp;annotated=yes"' in page
        assert leads_to(site, job, bar.region) == bar.alleles
    assert ring.alleles == summary.alleles.annotated
    for term, count in summary.consequence_counts.items():
        wanted = VariantQuery.from_args({"consequence": [term]}).filter
        assert site.services.variants.counts(job, wanted).variants == count


def leads_to(site: Site, job: Job, region: str) -> int:
    wanted = VariantQuery.from_args({"region": [region], "annotated": ["yes"]}).filter
    return site.services.variants.counts(job, wanted).variants


def test_should_lead_to_as_many_as_a_mark_counts_when_some_are_not_annotated(site: Site) -> None:
    user = site.user()
    at = ("MT", 100, ".", "G")
    kept = (("MT", 200, ".", "A", "<DEL>", ".", "."), ("MT", 73, ".", "A", "G", ".", "."))
    job = annotated(site, user, vcf_of((*kept, (*at, "N,A,*", ".", "."), (*at, ".", ".", "."))))
    summary = site.services.results.summary(job)
    assert summary
    ring = ring_of(summary, site.reference)
    [strip] = strips_of(summary, site.reference).strips
    assert ring
    assert [(bar.region, bar.alleles) for bar in ring.bars] == [("MT:71-140", 2)]
    assert [(bar.region, bar.alleles) for bar in strip.bars] == [("MT:71-140", 2)]
    assert leads_to(site, job, "MT:71-140") == 2
    assert leads_to(site, job, strip.contig) == strip.alleles == summary.alleles.annotated == 2
    page = site.browser(user).get(f"/jobs/{job.job_id}").text
    # Its only contig has a map, so there is no strip.
    links = re.findall(r'href="([^"]*region=[^"]*)"', page)
    assert len(links) == 1
    for link in links:
        table = site.browser(user).get(link.replace("&amp;", "&")).text
        assert '<span class="muted">Annotated</span> yes' in table
        assert "<strong>2</strong> variants" in table


def test_should_count_what_the_table_counts_when_a_chart_is_followed(site: Site) -> None:
    job = annotated(site, site.user(), sample_of(site))
    summary = site.services.results.summary(job)
    assert summary
    charts = {
        "impact": summary.impacts,
        "consequence": summary.consequence_counts,
        "class": summary.variant_classes,
        "gene": summary.genes,
    }
    for name, counts in charts.items():
        for value, count in counts.items():
            wanted = VariantQuery.from_args({name: [value]}).filter
            assert site.services.variants.counts(job, wanted).variants == count, (name, value)


def address_of(args: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in args:
        found.setdefault(name, []).append(value)
    return found


def test_should_mark_each_bin_with_pathogenic_alleles_when_a_track_rates_them(site: Site) -> None:
    user = site.user()
    job = annotated(site, user, sample_of(site))
    summary = site.services.results.summary(job)
    assert summary
    assert summary.pathogenic
    ring = ring_of(summary, site.reference)
    [strip] = strips_of(summary, site.reference).strips
    assert ring

    marks = [bar.mark.mark for bar in ring.bars if bar.mark]
    assert [bar.mark for bar in strip.bars if bar.mark] == marks
    rows = {
        (variant.contig, variant.position)
        for mark in marks
        for variant in _found(site, job, mark.args)
    }
    conditions = conditions_of(summary.pathogenic)
    assert {(each.contig, each.position) for each in _found(site, job, conditions)} == rows
    wanted = VariantQuery.from_args(address_of(conditions or [])).filter
    assert site.services.variants.counts(job, wanted).variants == summary.pathogenic.alleles == 40

    page = html.unescape(site.browser(user).get(f"/jobs/{job.job_id}").text)
    assert page.count('<path class="mark-pathogenic"') == len(marks) + 1  # and the key
    assert "<title>m.1494C>T, Likely pathogenic</title>" in page
    assert "<title>3 alleles rated pathogenic or likely pathogenic: m.3243A>G, m.3256C>T," in page
    [link] = re.findall(r'<a href="([^"]+)">m.3243A>G</a>', page)
    assert "#variant" in link
    assert "3243" in site.browser(user).get(link).text


def _found(site: Site, job: Job, args: list[tuple[str, str]] | None) -> list[Variant]:
    """The variants of the first page of a filter."""
    assert args is not None
    return site.services.variants.page(
        job, VariantQuery.from_args(address_of(args)), Tracks()
    ).variants


def test_should_lead_to_no_more_than_it_marks_when_two_lists_rate_an_allele() -> None:
    found = Pathogenic(alleles=2, values={"a": {"Pathogenic": 1}, "b": {"Pathogenic": 1}})
    many = Pathogenic(alleles=60, values={"a": {f"Pathogenic|{n}": 1 for n in range(60)}})
    assert conditions_of(found) is conditions_of(many) is None


def test_should_find_again_what_a_sample_has_when_its_row_is_followed(
    site: Site, family: Family
) -> None:
    summary = site.services.results.summary(family.job)
    assert summary
    table = samples_of(summary.samples)
    assert table
    assert [row.name for row in table.rows] == list(SAMPLES)
    counted = [(each.alleles, each.args) for row in table.rows for each in row.counts]
    counted += [(bar.alleles, bar.args) for row in table.rows for bar in row.bars]
    assert len(counted) > 60
    for alleles, args in counted:
        wanted = VariantQuery.from_args(address_of(args)).filter
        assert site.services.variants.counts(family.job, wanted).variants == alleles, args
    [owner] = [row.ti_tv for row in table.rows if row.name == "mother"]
    assert owner


def test_should_lead_nowhere_when_the_result_is_archived(site: Site) -> None:
    user = site.user()
    job = annotated(site, user, vcf_of(RECORDS))
    site.annotations.update_item(
        Key={"job_id": job.job_id},
        UpdateExpression="SET result_state = :state",
        ExpressionAttributeValues={":state": "ARCHIVED"},
    )
    page = site.browser(user).get(f"/jobs/{job.job_id}").text
    assert "Consequences, most severe first" in page
    assert "MT-ND4" in page
    assert "/variants" not in page
