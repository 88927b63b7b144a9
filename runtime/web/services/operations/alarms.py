"""The stage's alarms."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.web.services.operations.answers import Answer, ask
from runtime.web.services.operations.operator_aws import OperatorAws

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import MetricAlarmTypeDef

ORDER = ("ALARM", "INSUFFICIENT_DATA", "OK")
"""CloudWatch's states, those that somebody should see to first."""

_SCALES = re.compile(r"arn:[a-z-]+:autoscaling:")
"""The action of an alarm by which a group scales: a policy of the group."""

_LOGICAL_ID = re.compile(r"-(?P<words>[A-Za-z0-9]+)[0-9A-F]{8}-[0-9A-Za-z]+$")
"""In the name that CloudFormation makes of an alarm: stack, logical id with a hash, random end."""


@dataclass(frozen=True)
class Alarm:
    """An alarm.

    Attributes:
        name: in CloudWatch.
        since: epoch seconds since when it is in its state; None if CloudWatch doesn't say.
        means: its description: what it means, and what to do first.
        reason: why it is in its state, in CloudWatch's words.
        scales: whether a group scales by it. Then ALARM is nothing wrong: the group is scaling, or
            is as small or as large as it may be.
    """

    name: str
    state: str
    since: int | None
    means: str
    reason: str
    scales: bool

    @property
    def wrong(self) -> bool:
        """Whether somebody should see to it."""
        return self.state == "ALARM" and not self.scales

    @property
    def title(self) -> str:
        """What the runbook calls it, where CloudFormation made its name."""
        found = _LOGICAL_ID.search(self.name)
        return found["words"] if found else self.name


@dataclass(frozen=True)
class Alarms:
    """Reads the alarms of a stage: those of its stacks, and those that AWS makes for the target of
    a group. Both have the stage in their names."""

    stage: str
    operator_aws: OperatorAws

    def all(self, operator_id: str) -> Answer[list[Alarm]]:
        """Return all alarms: first those that are wrong, then by state, the latest first."""
        return ask("The alarms", lambda: self._read(operator_id))

    def _read(self, operator_id: str) -> list[Alarm]:
        client = self.operator_aws.clients(operator_id).cloudwatch
        start = f"gas-{self.stage}-"
        found = [
            _alarm(alarm)
            for prefix in (start, f"TargetTracking-{start}")
            for page in client.get_paginator("describe_alarms").paginate(
                AlarmNamePrefix=prefix, AlarmTypes=["MetricAlarm"]
            )
            for alarm in page["MetricAlarms"]
        ]
        return sorted(found, key=_urgency)


def _urgency(alarm: Alarm) -> tuple[bool, int, int]:
    return not alarm.wrong, ORDER.index(alarm.state), -(alarm.since or 0)


def _alarm(alarm: "MetricAlarmTypeDef") -> Alarm:
    since = alarm.get("StateTransitionedTimestamp") or alarm.get("StateUpdatedTimestamp")
    return Alarm(
        name=alarm["AlarmName"],
        state=alarm["StateValue"],
        since=int(since.timestamp()) if since else None,
        means=alarm.get("AlarmDescription", ""),
        reason=alarm.get("StateReason", ""),
        scales=any(_SCALES.match(action) for action in alarm.get("AlarmActions", [])),
    )
