"""Auto Scaling: which instances are in service, and which of those have warmed up."""

import math
from collections.abc import Iterable

from local.aws.ec2.auto_scaling_groups import Capacity
from local.aws.ec2.group_instances import GroupInstances
from local.aws.ec2.instance import InstanceState
from scaling.group_capacity import GroupCapacity


class InService:
    """When each instance came into service, in the alarms' seconds."""

    def __init__(self) -> None:
        self._since: dict[str, float] | None = None

    def observe(self, serving: Iterable[str], now_s: float) -> None:
        """Record the instances that are in service now.

        Those of the first call have warmed up: only launches by policies have a warm-up.
        """
        before = self._since
        since = -math.inf if before is None else now_s
        self._since = {each: (before or {}).get(each, since) for each in serving}

    def warm(self, now_s: float, warmup_s: float) -> set[str]:
        """Return the ids of the instances whose warm-up is over."""
        known = self._since or {}
        return {each for each, since in known.items() if now_s >= since + warmup_s}

    def __contains__(self, instance_id: object) -> bool:
        return instance_id in (self._since or {})


def group_of(members: GroupInstances, capacity: Capacity, warm: set[str]) -> GroupCapacity:
    """Return the group as its scaling policies see it.

    Instances that are missing, booting or not yet in service count as warming.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup.html
    """
    going = [each for each in members.instances if each.state is InstanceState.SHUTTING_DOWN]
    return GroupCapacity(
        minimum=capacity.minimum,
        maximum=capacity.maximum,
        desired=capacity.instances,
        warming=max(0, capacity.instances - sum(each.id in warm for each in members.running)),
        terminating=len(going),
    )
