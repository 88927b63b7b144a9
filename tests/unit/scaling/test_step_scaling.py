"""Step scaling policies against the examples of the Auto Scaling User Guide.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
"""

import pytest

from scaling.group_capacity import GroupCapacity
from scaling.rules import AdjustmentType, Comparison, StepAdjustment, StepPolicy
from scaling.step_scaling import adjusted, step_capacity
from tests.unit.scaling.builders import alarm, group

PERCENT_OUT = StepPolicy(
    alarm=alarm(threshold=50, comparison=Comparison.GREATER_OR_EQUAL),
    adjustment_type=AdjustmentType.PERCENT,
    steps=(
        StepAdjustment(lower=0, upper=10, adjustment=0),
        StepAdjustment(lower=10, upper=20, adjustment=10),
        StepAdjustment(lower=20, upper=None, adjustment=30),
    ),
)
PERCENT_IN = StepPolicy(
    alarm=alarm(threshold=50, comparison=Comparison.LESS_OR_EQUAL),
    adjustment_type=AdjustmentType.PERCENT,
    steps=(
        StepAdjustment(lower=-10, upper=0, adjustment=0),
        StepAdjustment(lower=-20, upper=-10, adjustment=-10),
        StepAdjustment(lower=None, upper=-20, adjustment=-30),
    ),
)


@pytest.mark.parametrize(
    ("policy", "value", "before", "expected"),
    [
        (PERCENT_OUT, 50, group(10), 10),
        (PERCENT_OUT, 59, group(10), 10),
        (PERCENT_OUT, 60, group(10), 11),
        (PERCENT_OUT, 62, group(11, warming=1), 11),
        (PERCENT_OUT, 70, group(11, warming=1), 13),
        (PERCENT_OUT, 70, group(11), 14),
        (PERCENT_IN, 41, group(14), 14),
        (PERCENT_IN, 40, group(14), 13),
        (PERCENT_IN, 30, group(13), 10),
        (PERCENT_IN, 40, group(13, terminating=1), 13),
        (PERCENT_IN, 30, group(13, warming=1), 13),
        (PERCENT_OUT, None, group(10), 10),
    ],
)
def test_should_follow_the_guide_when_percentages_step(
    policy: StepPolicy, value: float | None, before: GroupCapacity, expected: int
) -> None:
    assert step_capacity(policy, before, value) == expected


def one_or_two() -> StepPolicy:
    return StepPolicy(
        alarm=alarm(threshold=50),
        steps=(
            StepAdjustment(lower=0, upper=10, adjustment=1),
            StepAdjustment(lower=10, upper=None, adjustment=3),
        ),
    )


@pytest.mark.parametrize(
    ("value", "before", "expected"),
    [
        (50, group(2), 3),
        (55, group(3, warming=1), 3),
        (60, group(3, warming=1), 5),
        (60, group(5, warming=3), 5),
        (55, group(3), 4),
    ],
)
def test_should_add_the_difference_alone_when_instances_warm(
    value: float, before: GroupCapacity, expected: int
) -> None:
    assert step_capacity(one_or_two(), before, value) == expected


def test_should_do_nothing_when_no_step_holds_the_value() -> None:
    assert step_capacity(one_or_two(), group(2), 49) is None


@pytest.mark.parametrize(
    ("kind", "base", "adjustment", "least", "expected"),
    [
        (AdjustmentType.CHANGE, 3, 5, 0, 8),
        (AdjustmentType.CHANGE, 3, -1, 0, 2),
        (AdjustmentType.CHANGE, 3, 0, 0, 3),
        (AdjustmentType.EXACT, 3, 5, 0, 5),
        (AdjustmentType.PERCENT, 10, 10, 0, 11),
        (AdjustmentType.PERCENT, 100, 127, 0, 227),
        (AdjustmentType.PERCENT, 10, 127, 0, 22),  # 12.7 -> 12
        (AdjustmentType.PERCENT, 1, 67, 0, 2),  # 0.67 -> 1
        (AdjustmentType.PERCENT, 1, -58, 0, 0),  # -0.58 -> -1
        (AdjustmentType.PERCENT, 23, -29, 0, 17),  # -6.67 -> -6
        (AdjustmentType.PERCENT, 4, 25, 2, 6),
    ],
)
def test_should_change_as_documented_when_the_adjustment_has_a_type(
    kind: AdjustmentType, base: int, adjustment: int, least: int, expected: int
) -> None:
    assert adjusted(group(base), kind, adjustment=adjustment, min_adjustment=least) == expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (group(5), 4),
        (group(5, warming=1), 5),
        (group(4, terminating=1), 4),
        (group(4, terminating=2), 4),
    ],
)
def test_should_remove_no_more_than_needed_when_scaling_in(
    before: GroupCapacity, expected: int
) -> None:
    assert adjusted(before, AdjustmentType.CHANGE, adjustment=-1) == expected


def test_should_not_shrink_to_an_exact_capacity_when_instances_warm() -> None:
    assert adjusted(group(5, warming=1), AdjustmentType.EXACT, adjustment=3) == 5
