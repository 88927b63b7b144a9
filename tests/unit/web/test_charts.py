"""Where alleles are drawn: every one once, at its place."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from runtime.annotator.tally import bin_widths
from runtime.common.reference import Reference
from runtime.web.services.circular_map import BAR_RADIUS, CENTRE, ring_of
from runtime.web.services.contig_strips import strips_of
from runtime.web.services.summary import Summary, parse_summary
from tests.unit.web.site import Site
from tests.unit.web.variants.results import annotated, sample_of


@pytest.fixture(scope="module")
def reference(bundle_folder: Path) -> Reference:
    return Reference.load(bundle_folder)


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
    job = annotated(invented_site, invented_site.user(), sample_of(invented_site))
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


def test_should_count_as_many_as_are_annotated_when_a_file_is_annotated(
    site: Site, tmp_path: Path
) -> None:
    user = site.user()
    job = annotated(site, user, sample_of(site))
    summary = site.services.results.summary(job)
    assert summary
    drawn = [sum(bins.values()) for bins in summary.positions["MT"].impacts.values()]
    assert sum(drawn) == summary.alleles.annotated
