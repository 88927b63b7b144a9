"""Several policies at once, limits, and target tracking."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.deciding import Firing, alarms_of, decide
from scaling.group_capacity import GroupCapacity
from scaling.policies import add_one, remove_one
from scaling.rules import Comparison, Policy, StepPolicy, TargetTracking
from scaling.target_tracking import high_alarm, low_alarm, tracking_capacity
from tests.unit.scaling.builders import METRIC, alarm, group

OUT = add_one(alarm(threshold=50))
IN = remove_one(alarm(threshold=10, comparison=Comparison.LESS))
TRACK = TargetTracking(name="t", metric=METRIC, target=10)


def firing(policy: StepPolicy, value: float) -> Firing:
    return Firing(policy=policy, alarm=policy.alarm, value=value)


def tracking(policy: TargetTracking, value: float) -> Firing:
    return Firing(policy=policy, alarm=low_alarm(policy), value=value)


def capacity(before: GroupCapacity, *firings: Firing, policies: tuple[Policy, ...] = ()) -> int:
    change = decide(before, firings, policies=policies)
    return before.desired if change is None else change.capacity_to


@pytest.mark.parametrize(
    ("before", "firings", "expected"),
    [
        (group(5), (firing(OUT, 60),), 6),
        (group(5), (firing(IN, 1),), 4),
        (group(5), (firing(OUT, 60), firing(IN, 1)), 6),
        (group(5), (firing(IN, 1), firing(OUT, 60)), 6),
        (group(5, warming=1), (firing(OUT, 60), firing(IN, 1)), 5),
        (group(10, maximum=10), (firing(OUT, 60),), 10),
        (group(10, maximum=10), (firing(OUT, 60), firing(IN, 1)), 10),
        (group(1), (firing(IN, 1),), 1),
        (group(12, maximum=10), (firing(IN, 1),), 10),
        (group(5), (), 5),
    ],
)
def test_should_let_the_largest_capacity_win_when_policies_fire_together(
    before: GroupCapacity, firings: tuple[Firing, ...], expected: int
) -> None:
    assert capacity(before, *firings) == expected


@given(
    st.integers(1, 10), st.integers(0, 3), st.integers(0, 3), st.floats(0, 100), st.floats(0, 100)
)
def test_should_stay_within_limits_when_anything_fires(
    desired: int, warming: int, terminating: int, high: float, low: float
) -> None:
    before = GroupCapacity(
        minimum=2,
        maximum=8,
        desired=desired,
        warming=min(warming, desired),
        terminating=terminating,
    )
    change = decide(before, [firing(OUT, high), firing(IN, low)])
    if change is not None:
        assert 2 <= change.capacity_to <= 8
        assert change.capacity_to != change.capacity_from


def test_should_name_alarm_value_and_rule_when_capacity_changes() -> None:
    change = decide(group(2), [firing(OUT, 2922)])
    assert change is not None
    assert change.cause == ("alarm load in ALARM at 2922: Sum of Load >= 50 over 60 s")


@pytest.mark.parametrize(
    ("before", "value", "expected"),
    [
        (group(2), 10, 2),
        (group(2), 17, 4),  # 3.4: rather too many than too few
        (group(4), 5, 2),
        (group(4), 6.5, 3),  # 2.6
        (group(4, warming=2), 20, 4),
        (group(4, warming=2), 30, 6),
        (group(4, warming=1), 1, 4),
        (group(3, terminating=1), 5, 3),
    ],
)
def test_should_bring_the_metric_to_its_target_when_tracking(
    before: GroupCapacity, value: float, expected: int
) -> None:
    assert tracking_capacity(TRACK, before, value) == expected


def test_should_scale_out_fast_and_in_slowly_when_tracking() -> None:
    high, low = high_alarm(TRACK), low_alarm(TRACK)
    assert (high.threshold, high.evaluation_periods) == (10, 3)
    assert (low.threshold, low.evaluation_periods) == (9, 15)
    assert alarms_of(TRACK) == (high, low)
    assert alarms_of(replace(TRACK, scale_in=False)) == (high,)


def test_should_scale_in_only_together_when_several_policies_track() -> None:
    other = replace(TRACK, name="other")
    both = (TRACK, other)
    assert capacity(group(4), tracking(TRACK, 5), policies=both) == 4
    assert capacity(group(4), tracking(TRACK, 5), tracking(other, 7), policies=both) == 3
