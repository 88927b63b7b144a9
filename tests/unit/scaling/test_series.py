"""Datapoints out of statistic sets, and metric math over them."""

import pytest

from scaling.metric_math import calculate
from scaling.policies import BACKLOG_PER_INSTANCE
from scaling.rules import Metric, Statistic
from scaling.series import StatisticSet, datapoint, datapoints

MINUTES = {
    "Load": {
        0: StatisticSet(total=6, count=3, minimum=1, maximum=3),
        60: StatisticSet(total=10, count=1, minimum=10, maximum=10),
    }
}


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [
        (Statistic.SUM, 16),
        (Statistic.AVERAGE, 4),
        (Statistic.MINIMUM, 1),
        (Statistic.MAXIMUM, 10),
        (Statistic.SAMPLE_COUNT, 4),
    ],
)
def test_should_weigh_every_sample_when_minutes_are_merged(
    statistic: Statistic, expected: float
) -> None:
    metric = Metric(namespace="Test", name="Load", statistic=statistic, dimensions=())
    assert datapoint(metric, MINUTES, end_s=120, period_s=120) == expected


def test_should_be_missing_when_no_sample_lies_in_the_period() -> None:
    metric = Metric(namespace="Test", name="Load", statistic=Statistic.SUM, dimensions=())
    assert datapoints(metric, MINUTES, now_s=180, period_s=60, number=4) == [None, 6, 10, None]


def test_should_step_back_by_whole_periods_when_several_are_wanted() -> None:
    metric = Metric(namespace="Test", name="Load", statistic=Statistic.SUM, dimensions=())
    assert datapoints(metric, MINUTES, now_s=180, period_s=120, number=2) == [6, 10]


@pytest.mark.parametrize(
    ("expression", "values", "expected"),
    [
        ("a / b", {"a": 6, "b": 3}, 2),
        ("(a + b) * 2 - 1", {"a": 1, "b": 2}, 5),
        ("a / b", {"a": 6, "b": 0}, None),
        ("a / b", {"a": None, "b": 1}, None),
    ],
)
def test_should_calculate_when_metrics_are_there(
    expression: str, values: dict[str, float | None], expected: float | None
) -> None:
    assert calculate(expression, values) == expected


@pytest.mark.parametrize("expression", ["a / c", "a ** 2", "SUM(a)"])
def test_should_refuse_when_an_expression_is_not_understood(expression: str) -> None:
    with pytest.raises(ValueError, match="metric math"):
        calculate(expression, {"a": 1, "SUM": 1})


def test_should_divide_the_backlog_by_the_instances_when_math_is_a_metric() -> None:
    samples = {
        "ApproximateNumberOfMessagesVisible": {0: StatisticSet.of(30)},
        "GroupInServiceInstances": {0: StatisticSet.of(4)},
    }
    assert datapoint(BACKLOG_PER_INSTANCE, samples, end_s=60, period_s=60) == 7.5
