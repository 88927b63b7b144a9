"""The alarms and policies that the stacks deployed, read back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.account import Account
from local.errors import LocalError
from scaling.alarms import AlarmState
from scaling.deployed import alarm_of, step_policy_of
from scaling.rules import Alarm, Metric, StepPolicy


@dataclass(frozen=True)
class Rule:
    """A step policy of a group with the alarm that invokes it, in the state that it is in."""

    group_name: str
    policy: StepPolicy
    dimensions: Mapping[str, str]
    title: str
    state: AlarmState

    @property
    def alarm(self) -> Alarm:
        """The policy's alarm."""
        return self.policy.alarm

    @property
    def metric(self) -> Metric:
        """The alarm's, which alarm_of found to be a single one."""
        if not isinstance(self.alarm.metric, Metric):
            raise TypeError(f"{self.title} is on metric math")
        return self.alarm.metric


def read_rules(account: Account) -> list[Rule]:
    """Return every enabled policy of every group with its alarms.

    Raises:
        LocalError: a policy of a kind that isn't executed here.
    """
    alarms = _alarms(account)
    pages = account.client("autoscaling").get_paginator("describe_policies").paginate()
    return [
        _rule(dict(policy), alarm)
        for page in pages
        for policy in page["ScalingPolicies"]
        if policy.get("Enabled", True)
        for alarm in _invoking(dict(policy), alarms)
    ]


def _alarms(account: Account) -> list[dict[str, Any]]:
    pages = account.client("cloudwatch").get_paginator("describe_alarms").paginate()
    return [dict(alarm) for page in pages for alarm in page["MetricAlarms"]]


def _invoking(policy: dict[str, Any], alarms: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The alarms that name the policy among their actions: the emulator doesn't list them."""
    if policy["PolicyType"] != "StepScaling":
        raise LocalError(
            f"The policy {policy['PolicyName']} is of type {policy['PolicyType']}; the laptop "
            "executes step policies. Choose another preset in stages/local.toml."
        )
    return [
        alarm
        for alarm in alarms
        if alarm["ActionsEnabled"] and policy["PolicyARN"] in alarm["AlarmActions"]
    ]


def _rule(policy: dict[str, Any], alarm: dict[str, Any]) -> Rule:
    return Rule(
        group_name=policy["AutoScalingGroupName"],
        policy=step_policy_of(policy, alarm_of(alarm)),
        dimensions={one["Name"]: one["Value"] for one in alarm["Dimensions"]},
        title=alarm["AlarmDescription"].partition(":")[0] or alarm["AlarmName"],
        state=AlarmState(alarm["StateValue"]),
    )
