"""What a run tells of its scaling."""

from local.aws.autoscaling.activities import SHOWN
from local.aws.autoscaling.autoscaler import Autoscaler
from local.aws.ec2.auto_scaling_groups import read_capacities
from local.cloud import Cloud
from local.host.run_state import AlarmRecord, GroupRecord, ScalingRecord


def scaling_record(cloud: Cloud) -> ScalingRecord | None:
    """Return the state of groups and alarms and the newest activities; None when nothing scales."""
    if cloud.autoscaler is None:
        return None
    return ScalingRecord(
        time_scale=cloud.autoscaler.clock.scale,
        groups=_groups(cloud),
        alarms=_alarms(cloud, cloud.autoscaler),
        activities=tuple(cloud.autoscaler.history.activities()[-SHOWN:]),
    )


def _groups(cloud: Cloud) -> tuple[GroupRecord, ...]:
    capacities = read_capacities(cloud.account)
    return tuple(
        GroupRecord(
            group=fleet.group.label,
            minimum=capacities[fleet.group.name].minimum,
            maximum=capacities[fleet.group.name].maximum,
            desired=capacities[fleet.group.name].instances,
            running=len(fleet.running),
        )
        for fleet in cloud.fleets.fleets
    )


def _alarms(cloud: Cloud, autoscaler: Autoscaler) -> tuple[AlarmRecord, ...]:
    labels = {fleet.group.name: fleet.group.label for fleet in cloud.fleets.fleets}
    return tuple(
        AlarmRecord(
            group=labels[watch.rule.group_name],
            title=watch.rule.title,
            state=watch.state,
            value=watch.value,
            condition=watch.rule.alarm.condition,
        )
        for watch in autoscaler.watches
    )
