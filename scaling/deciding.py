"""Which change of capacity the alarms that are in ALARM lead to."""

from collections.abc import Sequence
from dataclasses import dataclass

from scaling.group_capacity import GroupCapacity
from scaling.rules import Alarm, Policy, StepPolicy, TargetTracking
from scaling.step_scaling import step_capacity
from scaling.target_tracking import high_alarm, low_alarm, tracking_capacity


@dataclass(frozen=True, kw_only=True)
class Firing:
    """A policy that its alarm invokes now, with the metric's newest datapoint."""

    policy: Policy
    alarm: Alarm
    value: float | None

    @property
    def cause(self) -> str:
        """Return the reason, in a sentence like those of the activity history."""
        found = "without data" if self.value is None else f"at {self.value:.6g}"
        return f"alarm {self.alarm.name} in ALARM {found}: {self.alarm.condition}"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A new desired capacity, and why."""

    capacity_from: int
    capacity_to: int
    cause: str


def alarms_of(policy: Policy) -> tuple[Alarm, ...]:
    """Return the alarms that can invoke a policy."""
    if isinstance(policy, TargetTracking):
        high = high_alarm(policy)
        return (high, low_alarm(policy)) if policy.scale_in else (high,)
    return (policy.alarm,)


def wanted(firing: Firing, group: GroupCapacity) -> int | None:
    """Return the desired capacity that a policy wants; None when it wants nothing."""
    policy = firing.policy
    if isinstance(policy, StepPolicy):
        return step_capacity(policy, group, firing.value)
    return None if firing.value is None else tracking_capacity(policy, group, firing.value)


def decide(
    group: GroupCapacity,
    firings: Sequence[Firing],
    *,
    policies: Sequence[Policy] = (),
) -> Change | None:
    """Return the change that results when these policies fire at the same time, or None.

    The policy that wants the largest capacity wins, both when scaling out and when scaling in.
    `policies` are all policies of the group: target tracking scales in only when every target
    tracking policy of the group would.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scale-based-on-demand.html#multiple-scaling-policy-resolution
    """
    wishes = [
        (capacity, firing) for firing in firings if (capacity := wanted(firing, group)) is not None
    ]
    if not wishes:
        return None
    largest, winner = max(wishes, key=lambda wish: wish[0])
    capacity = group.clamp(largest)
    if capacity == group.desired:
        return None
    if capacity < group.desired and _tracking_holds(winner.policy, firings, policies):
        return None
    return Change(capacity_from=group.desired, capacity_to=capacity, cause=winner.cause)


def _tracking_holds(winner: Policy, firings: Sequence[Firing], policies: Sequence[Policy]) -> bool:
    """Tell whether a scale-in by target tracking waits for another target tracking policy.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html#target-tracking-multiple-policies
    """
    firing = [one.policy for one in firings]
    return isinstance(winner, TargetTracking) and any(
        isinstance(policy, TargetTracking) and policy.scale_in and policy not in firing
        for policy in policies
    )
