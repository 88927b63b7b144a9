"""What is left out for the emulator, held against what the emulator really refuses."""

import json
import re
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from stacks.pruning import UNKNOWN_TO_EMULATOR
from tests.emulator import Emulator, running_emulator
from tests.stacks.synthesis import resources

ABSENT_BY_STAGE = {"AWS::EC2::NatGateway", "AWS::EC2::EIP"}
"""Refused too, but stages/local.toml asks for none."""

ABSENT_WITHOUT_NEED = {"AWS::Lambda::Function", "Custom::S3AutoDeleteObjects"}
"""They empty buckets before these are deleted, which the emulator doesn't ask for."""


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with running_emulator() as running:
        yield running


def types(stage: str) -> set[str]:
    return {resource.type for resource in resources(stage)}


def refused(emulator: Emulator, kinds: set[str]) -> set[str]:
    """The types for which the emulator refuses a template that holds them all."""
    client = emulator.session.client("cloudformation", endpoint_url=emulator.endpoint_url)
    template = {"Resources": {re.sub(r"\W", "", kind): {"Type": kind} for kind in kinds}}
    with pytest.raises(ClientError) as caught:
        client.create_stack(
            StackName="all-types",
            TemplateBody=json.dumps(template),
            Capabilities=["CAPABILITY_IAM"],
        )
    found = re.search(r"Unrecognized resource types: \[(.*)\]", str(caught.value))
    assert found, caught.value
    return set(found[1].split(", "))


def test_should_be_what_the_emulator_refuses_when_a_type_is_left_out(emulator: Emulator) -> None:
    assert refused(emulator, types("dev") | types("prod")) == UNKNOWN_TO_EMULATOR | ABSENT_BY_STAGE


def test_should_leave_out_nothing_else_when_the_stage_is_local() -> None:
    absent = types("dev") - types("local")
    assert absent == (UNKNOWN_TO_EMULATOR | ABSENT_BY_STAGE | ABSENT_WITHOUT_NEED)


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_should_leave_out_nothing_when_the_stage_goes_to_aws(stage: str) -> None:
    assert types(stage) >= UNKNOWN_TO_EMULATOR


def on_metric_math(stage: str) -> set[str]:
    alarms = resources(stage, "AWS::CloudWatch::Alarm")
    return {alarm.where for alarm in alarms if "Metrics" in alarm.properties}


def test_should_be_refused_when_an_alarm_is_on_metric_math(emulator: Emulator) -> None:
    client = emulator.session.client("cloudformation", endpoint_url=emulator.endpoint_url)
    [alarm] = [
        alarm
        for alarm in resources("dev", "AWS::CloudWatch::Alarm")
        if "Metrics" in alarm.properties
    ]
    wanted = {name: alarm.properties[name] for name in ("ComparisonOperator", "EvaluationPeriods")}
    metrics = [{"Id": "one", "Expression": "1", "ReturnData": True}]
    body = {"Type": alarm.type, "Properties": {**wanted, "Threshold": 1, "Metrics": metrics}}
    client.create_stack(
        StackName="metric-math", TemplateBody=json.dumps({"Resources": {"Alarm": body}})
    )
    events = client.describe_stack_events(StackName="metric-math")["StackEvents"]
    assert any("not supported" in event.get("ResourceStatusReason", "") for event in events)


def test_should_leave_out_alarms_on_metric_math_when_the_stage_is_local() -> None:
    assert on_metric_math("local") == set()
    assert on_metric_math("dev")
    absent = {alarm.where for alarm in resources("dev", "AWS::CloudWatch::Alarm")} - {
        alarm.where for alarm in resources("local", "AWS::CloudWatch::Alarm")
    }
    assert absent == on_metric_math("dev")
