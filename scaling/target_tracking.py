"""Target tracking: its two alarms, and a capacity in proportion to the metric.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
"""

import math

from scaling.group_capacity import GroupCapacity, scaled_in, scaled_out
from scaling.rules import Alarm, Comparison, TargetTracking

PERIOD_S = 60

HIGH_PERIODS = 3
LOW_PERIODS = 15
LOW_FRACTION = 0.9
"""The alarms that Auto Scaling creates, as its console shows them: above the target for 3
minutes, below 90 % of it for 15. AWS documents that it scales out fast and in gradually, but not
these figures."""


def high_alarm(policy: TargetTracking) -> Alarm:
    """Return the alarm that scales out."""
    return Alarm(
        name=f"TargetTracking-{policy.name}-AlarmHigh",
        metric=policy.metric,
        period_s=PERIOD_S,
        comparison=Comparison.GREATER,
        threshold=policy.target,
        evaluation_periods=HIGH_PERIODS,
        datapoints_to_alarm=HIGH_PERIODS,
    )


def low_alarm(policy: TargetTracking) -> Alarm:
    """Return the alarm that scales in."""
    return Alarm(
        name=f"TargetTracking-{policy.name}-AlarmLow",
        metric=policy.metric,
        period_s=PERIOD_S,
        comparison=Comparison.LESS,
        threshold=policy.target * LOW_FRACTION,
        evaluation_periods=LOW_PERIODS,
        datapoints_to_alarm=LOW_PERIODS,
    )


def tracking_capacity(policy: TargetTracking, group: GroupCapacity, value: float) -> int:
    """Return the desired capacity that brings the metric to its target, not clamped.

    It is rounded up in both directions, since one instance too many is better than one too few.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html#target-tracking-considerations
    """
    current = group.desired - group.warming
    change = math.ceil(current * value / policy.target) - current
    if change > 0:
        return scaled_out(group, change)
    if change < 0 and policy.scale_in:
        return scaled_in(group, change)
    return group.desired
