"""The state of scaling, as a run describes it to the other commands."""

from local.aws.autoscaling.activities import SHOWN
from local.aws.autoscaling.autoscaler import Autoscaler
from local.aws.ec2.auto_scaling_groups import read_capacities
from local.deployed_platform import DeployedPlatform
from local.host.run_state import AlarmRecord, GroupRecord, ScalingRecord


def scaling_record(platform: DeployedPlatform, autoscaler: Autoscaler) -> ScalingRecord:
    """Return the state of groups and alarms, and the newest activities."""
    return ScalingRecord(
        time_scale=autoscaler.clock.scale,
        groups=_groups(platform),
        alarms=_alarms(platform, autoscaler),
        activities=tuple(autoscaler.activities.read()[-SHOWN:]),
    )


def _groups(platform: DeployedPlatform) -> tuple[GroupRecord, ...]:
    capacities = read_capacities(platform.account)
    return tuple(
        GroupRecord(
            group=members.group.label,
            minimum=capacities[members.group.name].minimum,
            maximum=capacities[members.group.name].maximum,
            desired=capacities[members.group.name].instances,
            running=len(members.running),
        )
        for members in platform.instances.groups
    )


def _alarms(platform: DeployedPlatform, autoscaler: Autoscaler) -> tuple[AlarmRecord, ...]:
    labels = {members.group.name: members.group.label for members in platform.instances.groups}
    return tuple(
        AlarmRecord(
            group=labels[each.rule.group_name],
            title=each.rule.title,
            state=each.state,
            value=each.value,
            condition=each.rule.alarm.condition,
        )
        for each in autoscaler.evaluated
    )
