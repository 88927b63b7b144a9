"""Alarm states against the tables of the CloudWatch User Guide.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.alarms import (
    AlarmState,
    evaluate,
    evaluate_at,
    evaluation_range,
    invokes_scaling,
)
from scaling.rules import Alarm, Comparison, MissingData
from scaling.series import StatisticSet
from tests.shared_data import shared_data
from tests.unit.scaling.builders import alarm

RETAIN = "RETAIN"
VALUES = {"0": 1.0, "X": 99.0, "-": None}

TWO_OF_THREE = [
    ("0-X-X", "ALARM", "ALARM", "ALARM", "ALARM"),
    ("00X0X", "ALARM", "ALARM", "ALARM", "ALARM"),
    ("0-X--", "OK", "OK", "ALARM", "OK"),
    ("----0", "OK", "OK", "ALARM", "OK"),
    ("---X-", "ALARM", RETAIN, "ALARM", "OK"),
]
"""The guide's table for 2 out of 3: missing, ignore, breaching, notBreaching."""

THREE_OF_THREE = [
    # What the text says of intermittent data; the states are those of the table of 2018.
    ("----X", "INSUFFICIENT_DATA", RETAIN, "ALARM", "OK"),
    ("---X-", "INSUFFICIENT_DATA", RETAIN, "ALARM", "OK"),
    ("---X0", "OK", "OK", "OK", "OK"),
    ("--X-0", "OK", "OK", "OK", "OK"),
    ("X----", "ALARM", RETAIN, "ALARM", "OK"),
]


def state_of(rule: Alarm, points: str, before: AlarmState = AlarmState.OK) -> AlarmState:
    return evaluate(rule, [VALUES[point] for point in points], before)


def cells(table: Sequence[tuple[str, ...]], datapoints: int) -> list[tuple[str, Alarm, str]]:
    return [
        (points, alarm(periods=3, datapoints=datapoints, missing=missing), expected)
        for points, *states in table
        for missing, expected in zip(MissingData, states, strict=True)
    ]


def check(points: str, rule: Alarm, expected: str) -> None:
    for before in AlarmState:
        assert state_of(rule, points, before) == (before if expected == RETAIN else expected)


def test_should_give_every_state_of_the_documented_table_when_data_is_missing() -> None:
    table = json.loads((shared_data() / "cloudwatch-missing-data.json").read_text())
    for row in table["rows"]:
        for missing in MissingData:
            check(row["points"], alarm(periods=3, missing=missing), row[missing])


@pytest.mark.parametrize(("points", "rule", "expected"), cells(TWO_OF_THREE, 2))
def test_should_give_the_documented_state_when_2_of_3_must_breach(
    points: str, rule: Alarm, expected: str
) -> None:
    check(points, rule, expected)


@pytest.mark.parametrize(("points", "rule", "expected"), cells(THREE_OF_THREE, 3))
def test_should_not_alarm_prematurely_when_data_is_intermittent(
    points: str, rule: Alarm, expected: str
) -> None:
    check(points, rule, expected)


patterns = st.text("0X-", min_size=5, max_size=5)
settings_of_missing = st.sampled_from(MissingData)
states = st.sampled_from(AlarmState)


@given(patterns.filter(lambda points: points.count("-") <= 2), states, st.integers(1, 3))
def test_should_not_heed_the_setting_when_there_are_enough_real_points(
    points: str, before: AlarmState, datapoints: int
) -> None:
    newest = points.replace("-", "")[-3:]
    expected = AlarmState.ALARM if newest.count("X") >= datapoints else AlarmState.OK
    for missing in MissingData:
        rule = alarm(periods=3, datapoints=datapoints, missing=missing)
        assert state_of(rule, points, before) == expected


@given(patterns, states, settings_of_missing, st.integers(1, 3))
def test_should_alarm_when_enough_of_the_newest_real_points_breach(
    points: str, before: AlarmState, missing: MissingData, datapoints: int
) -> None:
    if points.replace("-", "")[-3:].count("X") >= datapoints:
        rule = alarm(periods=3, datapoints=datapoints, missing=missing)
        assert state_of(rule, points, before) is AlarmState.ALARM


@given(patterns, states, settings_of_missing, st.integers(1, 3))
def test_should_not_leave_alarm_when_one_more_point_breaches(
    points: str, before: AlarmState, missing: MissingData, datapoints: int
) -> None:
    rule = alarm(periods=3, datapoints=datapoints, missing=missing)
    if state_of(rule, points, before) is AlarmState.ALARM:
        for place in [at for at, point in enumerate(points) if point == "0"]:
            worse = points[:place] + "X" + points[place + 1 :]
            assert state_of(rule, worse, before) is AlarmState.ALARM


@given(patterns, settings_of_missing, st.integers(1, 3))
def test_should_depend_on_the_state_before_only_when_gaps_are_ignored(
    points: str, missing: MissingData, datapoints: int
) -> None:
    rule = alarm(periods=3, datapoints=datapoints, missing=missing)
    found = {state_of(rule, points, before) for before in AlarmState}
    assert len(found) == 1 or missing is MissingData.IGNORE


@given(patterns, states, settings_of_missing)
def test_should_lack_data_only_when_missing_data_counts_as_missing(
    points: str, before: AlarmState, missing: MissingData
) -> None:
    found = state_of(alarm(periods=3, missing=missing), points, before)
    if found is AlarmState.INSUFFICIENT_DATA and before is not found:
        assert missing is MissingData.MISSING
        assert "0" not in points


@pytest.mark.parametrize(
    ("comparison", "breaching"),
    [
        (Comparison.GREATER, [51]),
        (Comparison.GREATER_OR_EQUAL, [50, 51]),
        (Comparison.LESS, [49]),
        (Comparison.LESS_OR_EQUAL, [49, 50]),
    ],
)
def test_should_compare_as_named_when_a_value_is_at_the_threshold(
    comparison: Comparison, breaching: list[float]
) -> None:
    rule = alarm(comparison=comparison)
    found = [value for value in (49, 50, 51) if evaluate(rule, [value], AlarmState.OK) == "ALARM"]
    assert found == breaching


def test_should_slide_the_window_by_a_minute_when_the_period_is_longer() -> None:
    rule = alarm(threshold=5, comparison=Comparison.GREATER_OR_EQUAL, period_s=300)
    minutes = {"Load": {60 * minute: StatisticSet.of(1) for minute in range(1, 6)}}
    at_five = evaluate_at(rule, minutes, now_s=300, state=AlarmState.OK)
    at_six = evaluate_at(rule, minutes, now_s=360, state=AlarmState.OK)
    assert at_five == (AlarmState.OK, 4)
    assert at_six == (AlarmState.ALARM, 5)


def test_should_retrieve_two_datapoints_more_when_evaluating() -> None:
    assert evaluation_range(alarm(periods=3)) == 5


def test_should_invoke_scaling_at_each_evaluation_when_in_alarm() -> None:
    history = [AlarmState.ALARM, AlarmState.ALARM, AlarmState.OK, AlarmState.INSUFFICIENT_DATA]
    assert [invokes_scaling(state) for state in history] == [True, True, False, False]


@pytest.mark.parametrize(
    ("periods", "datapoints", "period_s"), [(3, 4, 60), (3, 0, 60), (1, 1, 90), (1, 1, 5)]
)
def test_should_be_refused_when_an_alarm_cannot_exist(
    periods: int, datapoints: int, period_s: int
) -> None:
    with pytest.raises(ValueError, match="load: "):
        alarm(periods=periods, datapoints=datapoints, period_s=period_s)
