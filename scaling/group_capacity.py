"""An Auto Scaling group as scaling policies see it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class GroupCapacity:
    """Capacity of a group at an instant, in instances.

    `desired` includes the `warming`: launched, and not yet in service for their warm-up time.
    It doesn't include the `terminating`, which are on their way out.
    """

    minimum: int
    maximum: int
    desired: int
    warming: int = 0
    terminating: int = 0

    def clamp(self, capacity: int) -> int:
        """Return the capacity within the group's limits. Nothing else clamps.

        https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-capacity-limits.html
        """
        return max(self.minimum, min(self.maximum, capacity))


def scaled_out(group: GroupCapacity, wanted_change: int) -> int:
    """Return the desired capacity after a scale-out of `wanted_change`, before clamping.

    The change is counted from the capacity that has warmed up, and what is desired already
    stays: so a repeated breach in the same step adds nothing, and one in a higher step adds the
    difference.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html#as-step-scaling-warmup
    """
    return max(group.desired, group.desired - group.warming + wanted_change)


def scaled_in(group: GroupCapacity, wanted_change: int) -> int:
    """Return the desired capacity after a scale-in of `wanted_change` (negative).

    Held while instances warm up. Instances that are terminating count as capacity, so that a
    repeated breach removes no more than it needs to.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup.html
    """
    if group.warming:
        return group.desired
    return min(group.desired, group.desired + group.terminating + wanted_change)
