"""Reads the deployed alarms and scaling policies back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.aws.account import Account
from local.errors import LocalError
from scaling.alarms import AlarmState
from scaling.deciding import alarms_of
from scaling.deployed import NAME_TAG, alarm_of, dimensions_of, step_policy_of, tracking_policy_of
from scaling.rules import Alarm, Metric, StepPolicy, TargetTracking


@dataclass(frozen=True)
class Rule:
    """A scaling policy of a group, with an alarm that invokes it.

    `dimensions` are those of each of the alarm's metrics, by the metric's name. `state` is the
    deployed alarm's; None for an alarm that AWS makes for a policy, and that the emulator doesn't.
    """

    group_name: str
    policy: StepPolicy | TargetTracking
    alarm: Alarm
    dimensions: Mapping[str, Mapping[str, str]]
    title: str
    state: AlarmState | None

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The alarm's metrics."""
        metric = self.alarm.metric
        return (metric,) if isinstance(metric, Metric) else tuple(m for _, m in metric.metrics)


def read_rules(account: Account) -> list[Rule]:
    """Return every enabled policy of every group, once for each of its alarms.

    Raises:
        LocalError: a policy has a type that isn't executed here.
    """
    alarms = _alarms(account)
    pages = account.client("autoscaling").get_paginator("describe_policies").paginate()
    return [
        rule
        for page in pages
        for policy in page["ScalingPolicies"]
        if policy.get("Enabled", True)
        for rule in _rules(account, dict(policy), alarms)
    ]


def _alarms(account: Account) -> list[dict[str, Any]]:
    pages = account.client("cloudwatch").get_paginator("describe_alarms").paginate()
    return [dict(alarm) for page in pages for alarm in page["MetricAlarms"]]


def _rules(account: Account, policy: dict[str, Any], alarms: list[dict[str, Any]]) -> list[Rule]:
    match policy["PolicyType"]:
        case "StepScaling":
            # By the alarms' actions, since the emulator doesn't list a policy's alarms.
            return [
                _step_rule(policy, alarm, _rule_name(account, alarm["AlarmArn"]))
                for alarm in alarms
                if alarm["ActionsEnabled"] and policy["PolicyARN"] in alarm["AlarmActions"]
            ]
        case "TargetTrackingScaling":
            return _tracking_rules(policy)
    raise LocalError(
        f"The policy {policy['PolicyName']} is of type {policy['PolicyType']}; the laptop "
        "executes step scaling and target tracking."
    )


def _rule_name(account: Account, alarm_arn: str) -> str:
    """Return the alarm's name in its preset, which the stacks deploy as a tag.

    Raises:
        LocalError: the alarm has no such tag.
    """
    tags = account.client("cloudwatch").list_tags_for_resource(ResourceARN=alarm_arn)["Tags"]
    for tag in tags:
        if tag["Key"] == NAME_TAG:
            return tag["Value"]
    raise LocalError(f"The alarm {alarm_arn} has no tag '{NAME_TAG}'. Deploy the stacks again.")


def _step_rule(policy: dict[str, Any], described: dict[str, Any], title: str) -> Rule:
    alarm = alarm_of(described)
    dimensions = {one["Name"]: one["Value"] for one in described["Dimensions"]}
    return Rule(
        group_name=policy["AutoScalingGroupName"],
        policy=step_policy_of(policy, alarm),
        alarm=alarm,
        dimensions={described["MetricName"]: dimensions},
        title=title,
        state=AlarmState(described["StateValue"]),
    )


def _tracking_rules(described: dict[str, Any]) -> list[Rule]:
    policy = tracking_policy_of(described)
    return [
        Rule(
            group_name=described["AutoScalingGroupName"],
            policy=policy,
            alarm=alarm,
            dimensions=dimensions_of(described),
            title=alarm.name.rpartition("-")[2],
            state=None,
        )
        for alarm in alarms_of(policy)
    ]
