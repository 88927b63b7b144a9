"""Step adjustments: which breach of the threshold leads to which change of capacity.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html#as-scaling-steps
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


class InvalidSteps(ValueError):
    """Step adjustments that Auto Scaling would refuse; the text is the reason."""


@dataclass(frozen=True, kw_only=True)
class StepAdjustment:
    """A change for breaches between two bounds.

    The bounds are distances from the alarm's threshold, in the metric's unit; None means no bound.
    """

    lower: float | None
    upper: float | None
    adjustment: int

    @property
    def low(self) -> float:
        return -math.inf if self.lower is None else self.lower

    @property
    def high(self) -> float:
        return math.inf if self.upper is None else self.upper

    def holds(self, breach: float, *, above: bool) -> bool:
        """Tell whether a value at the distance `breach` from the threshold is in this step.

        Above the threshold the lower bound belongs to the step and the upper doesn't; below it
        the other way round.
        """
        if above:
            return self.low <= breach < self.high
        return self.low < breach <= self.high

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}"


def check_steps(steps: Sequence[StepAdjustment]) -> None:
    """Raise InvalidSteps with the reason when AWS would refuse these steps.

    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_StepAdjustment.html
    """
    if not steps:
        raise InvalidSteps("a step policy needs at least one step")
    for step in steps:
        _check_bounds(step)
    ordered = sorted(steps, key=lambda step: (step.low, step.high))
    for below, above in pairwise(ordered):
        _check_neighbours(below, above)
    if -math.inf < ordered[0].low < 0:
        raise InvalidSteps(f"step {ordered[0]} has a negative lower bound, so one must have none")
    if 0 < ordered[-1].high < math.inf:
        raise InvalidSteps(f"step {ordered[-1]} has a positive upper bound, so one must have none")


def step_for(
    steps: Sequence[StepAdjustment], breach: float, *, above: bool
) -> StepAdjustment | None:
    """Return the step that a breach falls in, or None when it lies outside all of them."""
    return next((step for step in steps if step.holds(breach, above=above)), None)


def _check_bounds(step: StepAdjustment) -> None:
    if step.lower is None and step.upper is None:
        raise InvalidSteps("a step needs a lower or an upper bound")
    if math.isnan(step.low) or math.isnan(step.high):
        raise InvalidSteps("a bound must be a number")
    if step.low >= step.high:
        raise InvalidSteps(f"step {step}: the lower bound must be less than the upper")


def _check_neighbours(below: StepAdjustment, above: StepAdjustment) -> None:
    if below.high > above.low:
        raise InvalidSteps(f"steps {below} and {above} overlap")
    if below.high < above.low:
        raise InvalidSteps(f"there is a gap between steps {below} and {above}")
