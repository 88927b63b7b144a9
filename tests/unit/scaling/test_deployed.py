"""Descriptions by the AWS API become the rules that the presets say."""

from typing import Any

import pytest

from scaling.deployed import alarm_of, step_policy_of
from scaling.policies import ANNOTATOR_ORIGINAL
from scaling.rules import MissingData
from tests.unit.scaling.builders import alarm

LOW: dict[str, Any] = {
    "AlarmName": "sqs-msg-received-below-5-for-2min",
    "Namespace": "AWS/SQS",
    "MetricName": "NumberOfMessagesSent",
    "Dimensions": [{"Name": "QueueName", "Value": "gas-requests"}],
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 2,
    "DatapointsToAlarm": 2,
    "Threshold": 5.0,
    "ComparisonOperator": "LessThanThreshold",
    "TreatMissingData": "missing",
}
REMOVE_ONE: dict[str, Any] = {
    "PolicyName": "in",
    "PolicyType": "StepScaling",
    "AdjustmentType": "ChangeInCapacity",
    "StepAdjustments": [{"MetricIntervalUpperBound": 0.0, "ScalingAdjustment": -1}],
}


def test_should_be_the_rule_of_the_preset_when_read_back() -> None:
    found = step_policy_of(REMOVE_ONE, alarm_of(LOW))
    assert found == ANNOTATOR_ORIGINAL.policies[1]


def test_should_take_the_defaults_of_aws_when_settings_are_left_out() -> None:
    short = {key: LOW[key] for key in LOW if key not in ("DatapointsToAlarm", "TreatMissingData")}
    found = alarm_of(short)
    assert (found.datapoints_to_alarm, found.missing_data) == (2, MissingData.MISSING)


def test_should_have_the_policys_warm_up_when_it_has_one() -> None:
    own = {**REMOVE_ONE, "EstimatedInstanceWarmup": 30}
    assert step_policy_of(own, alarm()).warmup_s == 30
    assert step_policy_of(REMOVE_ONE, alarm()).warmup_s == 0


def test_should_be_refused_when_a_policy_has_no_steps() -> None:
    with pytest.raises(ValueError, match="not a step policy"):
        step_policy_of({**REMOVE_ONE, "PolicyType": "SimpleScaling"}, alarm())
