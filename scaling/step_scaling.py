"""Which capacity a step scaling policy wants.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
"""

import math
from collections.abc import Sequence

from scaling.group_capacity import GroupCapacity, scaled_in, scaled_out
from scaling.rules import AdjustmentType, StepAdjustment, StepPolicy


def step_capacity(policy: StepPolicy, group: GroupCapacity, value: float | None) -> int | None:
    """Return the desired capacity that a step policy wants when its alarm invokes it.

    `value` is the metric's newest datapoint. It is None when the alarm is in ALARM only because
    data is missing: then the breach counts as a value at the threshold. The result isn't clamped.
    It is None when the value lies in none of the steps, which AWS reports and ignores.
    """
    threshold = policy.alarm.threshold
    breach = 0.0 if value is None else value - threshold
    above = breach > 0 or (breach == 0 and policy.alarm.comparison.is_upper)
    step = step_for(policy.steps, breach, above=above)
    if step is None:
        return None
    return adjusted(
        group,
        policy.adjustment_type,
        adjustment=step.adjustment,
        min_adjustment=policy.min_adjustment,
    )


def step_for(
    steps: Sequence[StepAdjustment], breach: float, *, above: bool
) -> StepAdjustment | None:
    """Return the step that a breach falls in, or None when it lies outside all of them."""
    return next((step for step in steps if step.holds(breach, above=above)), None)


def adjusted(
    group: GroupCapacity, kind: AdjustmentType, *, adjustment: int, min_adjustment: int = 0
) -> int:
    """Return the desired capacity after an adjustment, not clamped; it takes warm-up into account.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html#as-scaling-adjustment
    """
    match kind:
        case AdjustmentType.CHANGE:
            change = adjustment
        case AdjustmentType.EXACT:
            return _exactly(group, adjustment)
        case AdjustmentType.PERCENT:
            base = _percentage_base(group, adjustment)
            change = _percentage(base, adjustment, min_adjustment)
    if change > 0:
        return scaled_out(group, change)
    return scaled_in(group, change) if change < 0 else group.desired


def _exactly(group: GroupCapacity, capacity: int) -> int:
    if capacity < group.desired and group.warming:
        return group.desired
    return capacity


def _percentage_base(group: GroupCapacity, percent: int) -> int:
    """Return the capacity of which AWS takes the percentage.

    Scaling out it is what has warmed up; scaling in it includes what is still terminating.
    """
    if percent > 0:
        return group.desired - group.warming
    return group.desired + group.terminating


def _percentage(base: int, percent: int, min_adjustment: int) -> int:
    """Return a percentage in instances: rounded towards 0, but at least one (or the minimum)."""
    exact = base * percent / 100
    if exact == 0:
        return 0
    magnitude = max(1, math.floor(abs(exact)), min_adjustment)
    return magnitude if exact > 0 else -magnitude
