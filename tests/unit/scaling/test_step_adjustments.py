"""Bounds of step adjustments, and which policies are refused."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.rules import InvalidSteps, StepAdjustment, StepPolicy, check_steps
from scaling.step_scaling import step_for
from tests.unit.scaling.builders import alarm

Bounds = tuple[float | None, float | None]


def steps(*bounds: Bounds) -> tuple[StepAdjustment, ...]:
    return tuple(
        StepAdjustment(lower=lower, upper=upper, adjustment=number)
        for number, (lower, upper) in enumerate(bounds, start=1)
    )


@pytest.mark.parametrize(
    ("bounds", "reason"),
    [
        ((), "at least one step"),
        (((None, None),), "a lower or an upper bound"),
        (((10, 0),), "must be less"),
        (((5, 5),), "must be less"),
        (((0, 10), (5, None)), "overlap"),
        (((0, None), (10, None)), "overlap"),
        (((None, 0), (None, -10)), "overlap"),
        (((0, 10), (20, None)), "gap"),
        (((0, 10),), "positive upper bound"),
        (((-10, 0),), "negative lower bound"),
        (((float("nan"), None),), "must be a number"),
    ],
)
def test_should_be_refused_with_the_reason_when_steps_are_bad(
    bounds: tuple[Bounds, ...], reason: str
) -> None:
    with pytest.raises(InvalidSteps, match=reason):
        check_steps(steps(*bounds))


def test_should_be_refused_when_a_policy_has_bad_steps() -> None:
    with pytest.raises(InvalidSteps, match="gap"):
        StepPolicy(alarm=alarm(), steps=steps((0, 10), (20, None)))


@pytest.mark.parametrize(
    ("breach", "above", "expected"),
    [
        (0, True, 2),
        (9.99, True, 2),
        (10, True, 3),
        (1000, True, 3),
        (0, False, 1),
        (-0.01, False, 1),
        (-1000, False, 1),
    ],
)
def test_should_include_the_bound_nearest_the_threshold_when_choosing_a_step(
    breach: float, above: bool, expected: int
) -> None:
    found = step_for(steps((None, 0), (0, 10), (10, None)), breach, above=above)
    assert found is not None
    assert found.adjustment == expected


@pytest.mark.parametrize(("breach", "expected"), [(-10, 2), (-10.01, 2), (-9.99, 1), (0, 1)])
def test_should_include_the_upper_bound_when_below_the_threshold(
    breach: float, expected: int
) -> None:
    """The guide's scale-in policy: -10 belongs to the step whose upper bound it is."""
    ordered = steps((-10, 0), (None, -10))
    found = step_for(ordered, breach, above=False)
    assert found is not None
    assert found.adjustment == expected


cuts = st.lists(st.integers(1, 50), min_size=0, max_size=4, unique=True).map(sorted)


@given(cuts, st.floats(0, 100))
def test_should_find_exactly_one_step_when_steps_are_good(places: list[int], breach: float) -> None:
    bounds = [0, *places, None]
    good = steps(*pairwise(bounds))
    check_steps(good)
    assert [step.holds(breach, above=True) for step in good].count(True) == 1
