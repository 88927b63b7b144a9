"""An Auto Scaling group as scaling policies see it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class GroupCapacity:
    """Capacity of a group at an instant, in instances.

    `desired` includes the `warming` instances, which were launched but haven't been in service for
    their warm-up time. It doesn't include the `terminating` ones.
    """

    minimum: int
    maximum: int
    desired: int
    warming: int = 0
    terminating: int = 0

    def clamp(self, capacity: int) -> int:
        """Return the capacity within the group's limits. This is the only place that clamps.

        https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-capacity-limits.html
        """
        return max(self.minimum, min(self.maximum, capacity))


def scaled_out(group: GroupCapacity, wanted_change: int) -> int:
    """Return the desired capacity after a scale-out of `wanted_change`, before clamping.

    The change is added to the capacity that has warmed up, and the desired capacity never falls.
    So a repeated breach in the same step adds nothing, and one in a higher step adds the
    difference.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html#as-step-scaling-warmup
    """
    return max(group.desired, group.desired - group.warming + wanted_change)


def scaled_in(group: GroupCapacity, wanted_change: int) -> int:
    """Return the desired capacity after a scale-in of `wanted_change` (negative).

    Nothing is removed while instances warm up. Instances that are terminating count as capacity,
    so that a repeated breach doesn't remove too many.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup.html
    """
    if group.warming:
        return group.desired
    return min(group.desired, group.desired + group.terminating + wanted_change)
