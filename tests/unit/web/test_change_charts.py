"""Ti/Tv and lengths of indels as pictures: nothing is lost, and the smallest count is seen."""

import pytest

from runtime.web.services.change_charts import (
    LOWEST,
    base_changes_of,
    indels_of,
    log_height,
    ratio,
)


def test_should_have_every_indel_once_when_some_are_longer_than_the_chart() -> None:
    lengths = {-60: 3, -59: 1, -3: 2, 1: 1_000_000, 31: 5, 33: 1}
    chart = indels_of(lengths, {-3: 2, 33: 1, 60: 1})
    assert chart
    assert chart.longest == 30
    assert {bar.length: bar.alleles for bar in chart.every.bars} == {
        -30: 4,
        -3: 2,
        1: 1_000_000,
        30: 6,
    }
    assert sum(bar.alleles for bar in chart.every.bars) == chart.every.alleles
    assert [(bar.length, bar.frame) for bar in chart.coding.bars] == [(-3, "kept"), (30, "kept")]
    assert [bar.frame for bar in chart.every.bars] == ["both", "kept", "shifted", "both"]


def test_should_see_one_allele_beside_a_million_when_the_scale_is_logarithmic() -> None:
    chart = indels_of({1: 1_000_000, 2: 1_000, 3: 1}, {})
    assert chart
    heights = [bar.height for bar in chart.every.bars]
    assert heights == [100, 56, 12]
    assert chart.every.ticks == [(1, 12), (100, 41.33), (10_000, 70.67), (1_000_000, 100)]


def test_should_not_fill_the_height_when_there_are_few_alleles() -> None:
    assert log_height(1, 10) == LOWEST
    chart = indels_of({1: 2}, {})
    assert chart
    assert chart.every.bars[0].height < 50
    assert chart.coding.bars == []


@pytest.mark.parametrize("counts", [None, {}, {"A>G": 0}])
def test_should_draw_nothing_when_no_base_changes(counts: dict[str, int] | None) -> None:
    assert base_changes_of(counts, "GRCh38.p14") is None
    assert indels_of({} if counts is None else None, {}) is None


def test_should_count_every_change_as_a_transition_or_a_transversion() -> None:
    changes = {f"{ref}>{alt}": 1 for ref in "ACGT" for alt in "ACGT" if ref != alt}
    chart = base_changes_of(changes, None)
    assert chart
    assert (chart.transitions, chart.transversions, chart.ratio) == (4, 8, "0.50")
    cells = [cell for _, row in chart.rows for cell in row if cell]
    assert {cell.change for cell in cells} == set(changes)
    assert {cell.change for cell in cells if cell.transition} == {"A>G", "G>A", "C>T", "T>C"}
    assert ratio(5, 0) is None
