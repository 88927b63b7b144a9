"""Where alleles are drawn: every one once, at its place, with the filter that finds it again."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from runtime.annotator.bundle import load
from runtime.annotator.tally import bin_widths
from runtime.common.job import Job
from runtime.common.reference import Reference
from runtime.common.users import User
from runtime.web.services.circular_map import BAR_RADIUS, CENTRE, ring_of
from runtime.web.services.contig_strips import strips_of
from runtime.web.services.pathogenic_marks import conditions_of
from runtime.web.services.sample_charts import samples_of
from runtime.web.services.summary import Pathogenic, Summary, parse_summary
from runtime.web.services.track_facts import Tracks
from runtime.web.services.variants.filters import VariantQuery
from runtime.web.services.variants.variant import Variant
from tests.unit.web.site import Site
from tests.unit.web.variants.conftest import RECORDS, vcf_of
from tests.unit.web.variants.family import SAMPLES, Family, create_family
from tests.unit.web.variants.results import annotated


@pytest.fixture(scope="module")
def reference(bundle_folder: Path) -> Reference:
    return Reference.load(bundle_folder)


@pytest.fixture(scope="module")
def family(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Family:
    """A result of four samples."""
    return create_family(site, tmp_path_factory.mktemp("family"))


def summary_of(contigs: dict[str, Any], bin_bases: int = 70) -> Summary:
    body = {
        "records": {"total": 1},
        "alleles": {"total": 1, "annotated": 1, "not_annotated": 0},
        "consequences": {},
        "positions": {
            name: {"bin_bases": bin_bases, "impacts": impacts} for name, impacts in contigs.items()
        },
    }
    found = parse_summary(json.dumps(body).encode())
    assert found
    return found


def test_should_draw_every_gene_and_bin_when_the_contig_is_circular(reference: Reference) -> None:
    ring = ring_of(summary_of({"MT": {"LOW": {"0": 3, "236": 1}, "HIGH": {"0": 2}}}), reference)
    assert ring
    assert len(ring.genes) == 37
    assert [(bar.region, bar.alleles) for bar in ring.bars] == [
        ("MT:1-70", 5),
        ("MT:16521-16569", 1),
    ]
    assert [piece.impact for piece in ring.bars[0].pieces] == ["HIGH", "LOW"]
    assert ring.alleles == 6


def test_should_lie_clockwise_from_the_top(reference: Reference) -> None:
    ring = ring_of(summary_of({"MT": {"LOW": {str(at): 1 for at in (0, 59, 118, 177)}}}), reference)
    assert ring
    starts = [re.match(r"M([\d.]+) ([\d.]+)", bar.pieces[0].path) for bar in ring.bars]
    places = [(float(m[1]) - CENTRE, float(m[2]) - CENTRE) for m in starts if m]
    top, right, bottom, left = places
    assert abs(top[0]) < 1
    assert top[1] < -BAR_RADIUS
    assert right[0] > BAR_RADIUS
    assert abs(right[1]) < 20
    assert bottom[1] > BAR_RADIUS
    assert left[0] < -BAR_RADIUS


def test_should_draw_no_map_when_no_circular_contig_has_alleles(reference: Reference) -> None:
    assert ring_of(summary_of({}), reference) is None
    assert strips_of(summary_of({"chr1": {"LOW": {"0": 1}}}), reference).strips == []


def test_should_stack_the_impacts_of_a_bin_when_it_has_several(reference: Reference) -> None:
    counts = {"LOW": {"1": 300}, "HIGH": {"1": 100}}
    [strip] = strips_of(summary_of({"MT": counts}), reference).strips
    [bar] = strip.bars
    assert (bar.alleles, strip.width) == (400, 100)
    assert bar.pieces == [("HIGH", 75, 25), ("LOW", 0, 75)]


def test_should_show_one_severe_allele_when_there_are_a_thousand_others(
    reference: Reference,
) -> None:
    counts = {"MODIFIER": {"1": 1000}, "HIGH": {"1": 1}}
    [strip] = strips_of(summary_of({"MT": counts}), reference).strips
    [severe, rest] = strip.bars[0].pieces
    assert severe.height > 4
    assert round(severe.height + rest.height) == 100


def test_should_draw_contigs_to_one_scale_when_there_are_several(reference: Reference) -> None:
    assembly = _assembly(reference, {"1": 200_000, "2": 50_000, "scaffold": 1_500})
    full, half = {"LOW": {"0": 20}}, {"LOW": {"0": 10}}
    chart = strips_of(summary_of({"1": full, "2": half, "scaffold": full}), assembly)
    assert [(strip.contig, strip.width) for strip in chart.strips] == [("1", 100), ("2", 25)]
    heights = [strip.bars[0].pieces[0].height for strip in chart.strips]
    assert heights == [100, 54]  # 8 % is the least
    assert chart.others == [("scaffold", 20)]


def test_should_stay_small_when_there_are_thousands_of_contigs(reference: Reference) -> None:
    assembly = _assembly(reference, {f"s{n}": 16_569 for n in range(5000)})
    counts = {f"s{n}": {"LOW": {"0": n + 1}} for n in range(5000)}
    chart = strips_of(summary_of(counts), assembly)
    assert [strip.contig for strip in chart.strips] == [f"s{n}" for n in range(4940, 5000)]
    assert chart.others[0] == ("s4939", 4940)
    assert len(chart.others) == 200
    assert (chart.unnamed, chart.unnamed_alleles) == (4740, sum(range(1, 4741)))


def test_should_show_how_alleles_are_spread_when_a_genome_has_the_size_of_a_human_one(
    reference: Reference,
) -> None:
    others = {f"c{n}": 126_500_000 for n in range(22)}
    lengths = {"1": 248_956_422, "21": 46_709_983, **others}
    contigs = _assembly(reference, lengths).manifest.contigs + reference.manifest.contigs
    widths = bin_widths(contigs)
    lengths["MT"] = 16_569
    bins = {name: length / widths[name] for name, length in lengths.items()}
    assert 75 < bins["1"] < 85
    assert 14 < bins["21"] < 16
    assert 235 < bins["MT"] <= 240


def _assembly(reference: Reference, lengths: dict[str, int]) -> Reference:
    """The reference with other contigs, none of them circular."""
    [contig] = reference.manifest.contigs
    others = [
        contig.model_copy(update={"name": name, "length": length, "circular": False})
        for name, length in lengths.items()
    ]
    return Reference(reference.folder, reference.manifest.model_copy(update={"contigs": others}))


def test_should_cut_a_circular_contig_finely_when_it_is_a_small_part_of_the_reference(
    invented_site: Site,
) -> None:
    job = annotated(invented_site, invented_site.user(), _sample(invented_site))
    summary = invented_site.services.results.summary(job)
    assert summary
    ring = ring_of(summary, invented_site.reference)
    assert ring
    assert (ring.contig, len(ring.bars), ring.alleles) == ("chrM", 5, 5)
    assert summary.positions["chrM"].bin_bases == 21  # of 5,000 bases, in 240 bins
    assert [strip.contig for strip in strips_of(summary, invented_site.reference).strips] == [
        "1",
        "2",
        "chrM",
        "empty.1",
    ]


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


def _sample(site: Site) -> str:
    path = load(site.reference.folder).sample_path
    assert path is not None
    return path.read_text()


def test_should_count_as_many_as_are_annotated_when_a_file_is_annotated(
    site: Site, tmp_path: Path
) -> None:
    user = site.user()
    job = annotated(site, user, _sample(site))
    summary = site.services.results.summary(job)
    assert summary
    drawn = [sum(bins.values()) for bins in summary.positions["MT"].impacts.values()]
    assert sum(drawn) == summary.alleles.annotated


def test_should_count_what_the_table_counts_when_a_chart_is_followed(site: Site) -> None:
    job = annotated(site, site.user(), _sample(site))
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
    job = annotated(site, user, _sample(site))
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
