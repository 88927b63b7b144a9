"""Rules and metrics go through the emulator's AWS API and come back as they were."""

import uuid
from dataclasses import dataclass, replace
from typing import Any

import pytest

from local.aws.account import Account
from local.aws.autoscaling.clock import MINUTE_S, Clock
from local.aws.autoscaling.datapoints import Datum, publish, read
from local.aws.autoscaling.deployed_rules import Rule, read_rules
from local.errors import LocalError
from scaling.alarms import AlarmState
from scaling.deployed import NAME_TAG
from scaling.policies import (
    ANNOTATOR_BACKLOG,
    ANNOTATOR_ORIGINAL,
    IN_SERVICE,
    MESSAGES_VISIBLE,
    RESPONSE_TIME,
    WEB_PER_TARGET,
)
from scaling.rules import Metric, Preset, StepPolicy, TargetTracking
from scaling.series import StatisticSet
from tests.unit.local.aws.stack import deploy_stack


@dataclass(frozen=True)
class DeployedGroup:
    """A group that has no rules yet."""

    account: Account
    name: str

    def put_policy(self, kind: str, **settings: Any) -> str:
        answer = self.account.client("autoscaling").put_scaling_policy(
            AutoScalingGroupName=self.name, PolicyName=uuid.uuid4().hex, PolicyType=kind, **settings
        )
        return answer["PolicyARN"]

    def put_alarm(self, policy_arn: str, **settings: Any) -> str:
        name = uuid.uuid4().hex
        low: dict[str, Any] = {
            "AlarmName": name,
            "Tags": [{"Key": NAME_TAG, "Value": "sqs-msg-received-below-5-for-2min"}],
            "Namespace": "AWS/SQS",
            "MetricName": "NumberOfMessagesSent",
            "Dimensions": [{"Name": "QueueName", "Value": "q"}],
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 2,
            "Threshold": 5,
            "ComparisonOperator": "LessThanThreshold",
            "AlarmActions": [policy_arn],
        }
        self.account.client("cloudwatch").put_metric_alarm(**low | settings)
        return name

    def rules(self) -> list[Rule]:
        return [rule for rule in read_rules(self.account) if rule.group_name == self.name]


@pytest.fixture
def group(account: Account) -> DeployedGroup:
    return DeployedGroup(account, deploy_stack(account, "").group.name)


def step(adjustment: int, **bounds: float) -> dict[str, Any]:
    steps = [{"ScalingAdjustment": adjustment, **bounds}]
    return {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": steps}


def test_should_be_the_rule_of_the_preset_when_read_from_the_account(group: DeployedGroup) -> None:
    arn = group.put_policy("StepScaling", **step(-1, MetricIntervalUpperBound=0))
    name = group.put_alarm(arn)
    group.put_alarm("arn:aws:sns:us-east-1:000000000000:somebody")

    (rule,) = group.rules()

    expected = ANNOTATOR_ORIGINAL.policies[1]
    assert isinstance(expected, StepPolicy)
    assert (rule.alarm.name, rule.title) == (name, expected.alarm.name)
    assert isinstance(rule.policy, StepPolicy)
    assert (rule.policy.steps, rule.policy.warmup_s) == (expected.steps, 0)
    assert rule.alarm.condition == expected.alarm.condition
    assert rule.dimensions == {"NumberOfMessagesSent": {"QueueName": "q"}}
    assert rule.state is AlarmState.INSUFFICIENT_DATA


def test_should_say_so_when_an_alarm_has_no_name_in_a_preset(group: DeployedGroup) -> None:
    arn = group.put_policy("StepScaling", **step(1, MetricIntervalLowerBound=0))
    name = group.put_alarm(arn, Tags=[{"Key": "stage", "Value": "dev"}])

    try:
        with pytest.raises(LocalError, match=f"{name} has no tag 'rule'"):
            group.rules()
    finally:
        group.account.client("cloudwatch").delete_alarms(AlarmNames=[name])


def test_should_have_no_rule_when_the_alarms_actions_are_off(group: DeployedGroup) -> None:
    arn = group.put_policy("StepScaling", **step(1, MetricIntervalLowerBound=0))
    group.put_alarm(arn, ActionsEnabled=False)

    assert group.rules() == []


def dimensions(**values: str) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in values.items()]


def queried(key: str, metric: Metric, **values: str) -> dict[str, Any]:
    described = {
        "Namespace": metric.namespace,
        "MetricName": metric.name,
        "Dimensions": dimensions(**values),
    }
    stat = {"Metric": described, "Stat": metric.statistic.value}
    return {"Id": key, "MetricStat": stat, "ReturnData": False}


BALANCER, TARGETS = "app/gas/1", "targetgroup/web/2"
BACKLOG = [
    queried("visible", MESSAGES_VISIBLE, QueueName="q"),
    queried("instances", IN_SERVICE, AutoScalingGroupName="g"),
    {
        "Id": "result",
        "Label": "backlog per instance",
        "Expression": "visible / instances",
        "ReturnData": True,
    },
]
TRACKED: dict[str, tuple[Preset, dict[str, Any], dict[str, dict[str, str]]]] = {
    "requests": (
        WEB_PER_TARGET,
        {
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "ALBRequestCountPerTarget",
                "ResourceLabel": f"{BALANCER}/{TARGETS}",
            }
        },
        {"RequestCountPerTarget": {"LoadBalancer": BALANCER, "TargetGroup": TARGETS}},
    ),
    "backlog": (
        ANNOTATOR_BACKLOG,
        {"CustomizedMetricSpecification": {"Metrics": BACKLOG}},
        {
            "ApproximateNumberOfMessagesVisible": {"QueueName": "q"},
            "GroupInServiceInstances": {"AutoScalingGroupName": "g"},
        },
    ),
}


@pytest.mark.parametrize(("preset", "specification", "where"), TRACKED.values(), ids=TRACKED)
def test_should_be_the_presets_when_a_policy_tracks_a_target(
    group: DeployedGroup,
    preset: Preset,
    specification: dict[str, Any],
    where: dict[str, dict[str, str]],
) -> None:
    (expected,) = preset.policies
    assert isinstance(expected, TargetTracking)
    configuration = {"TargetValue": expected.target, **specification}
    group.put_policy(
        "TargetTrackingScaling",
        EstimatedInstanceWarmup=120,
        TargetTrackingConfiguration=configuration,
    )

    rules = group.rules()

    for rule in rules:
        assert isinstance(rule.policy, TargetTracking)
        assert replace(rule.policy, name=expected.name) == expected
        assert rule.dimensions == where
    assert [rule.title for rule in rules] == ["AlarmHigh", "AlarmLow"]


def test_should_say_so_when_a_policy_is_of_a_kind_that_is_not_executed(
    group: DeployedGroup,
) -> None:
    arn = group.put_policy("SimpleScaling", AdjustmentType="ChangeInCapacity", ScalingAdjustment=1)
    name = arn.rpartition("policyName/")[2]
    try:
        with pytest.raises(LocalError, match=f"{name} is of type SimpleScaling"):
            group.rules()
    finally:
        group.account.client("autoscaling").delete_policy(
            AutoScalingGroupName=group.name, PolicyName=name
        )


@pytest.mark.parametrize("scale", [1, 20, 60])
def test_should_be_in_the_same_minute_when_a_metric_is_read_back(
    account: Account, scale: int
) -> None:
    clock = Clock(scale)
    now = clock.minute()
    where = {"LoadBalancer": uuid.uuid4().hex}

    for back, samples in ((3, [9.0]), (2, [0.25, 0.5]), (1, [])):
        publish(account, clock, now - back, [Datum.of(RESPONSE_TIME, where, samples, "Seconds")])
    publish(account, clock, now - 2, [Datum.of(RESPONSE_TIME, {"LoadBalancer": "another"}, [5.0])])

    found = read(account, clock, RESPONSE_TIME, where, end_minute=now, minutes=2)
    assert set(found) == {(now - 2) * MINUTE_S}
    (minute,) = found.values()
    assert minute == StatisticSet(total=0.75, count=2, minimum=0.25, maximum=0.5)
