"""Events of jobs on a bus of EventBridge, where a stage names one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.aws.account import ACCOUNT_ID
from runtime.contract.dynamodb import WRITTEN_BY_WEBHOOKS
from runtime.webhooks.bus import Bus, NotPut
from runtime.webhooks.events import test_event as event_of_a_test
from stacks.settings import STAGES as STAGE_FILES
from stacks.settings import Events, SettingsError, load
from tests.emulator import REGION, Emulator, running_emulator
from tests.stacks.synthesis import SPLIT, STAGES, resources, synthesize
from tests.unit.queues import Queue, create_queue

BUS = "gas-events"
ARN = f"arn:aws:events:{REGION}:{ACCOUNT_ID}:event-bus/"
EVENT = event_of_a_test("8f1ad43c-6f70-5b3e-8c0e-0b6f7a2f5f0e", 1_800_000_000)


@pytest.fixture(scope="module")
def statement(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the role of webhooks may do with events, where the stage names a bus."""
    stage = load("dev").model_copy(update={"events": Events(bus=BUS)})
    found = [
        statement
        for template in synthesize(stage, tmp_path_factory.mktemp("synthesis")).values()
        for resource in template.get("Resources", {}).values()
        if resource["Type"] == "AWS::IAM::Policy"
        for statement in resource["Properties"]["PolicyDocument"]["Statement"]
        if "events:" in str(statement["Action"])
    ]
    [only] = found
    return resolved(only)


def resolved(statement: dict[str, Any]) -> dict[str, Any]:
    """Return the statement as CloudFormation writes it into the emulator's account."""
    values = {"AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": ACCOUNT_ID}
    separator, parts = statement["Resource"]["Fn::Join"]
    words = [part if isinstance(part, str) else values[part["Ref"]] for part in parts]
    return {**statement, "Resource": separator.join(words)}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with running_emulator() as running:
        yield running


@pytest.fixture(scope="module")
def queue(emulator: Emulator) -> Queue:
    """A queue that gets what is put on the bus, by a rule."""
    made = create_queue(emulator)
    events = emulator.session.client("events", endpoint_url=emulator.endpoint_url)
    for name in (BUS, "another"):
        events.create_event_bus(Name=name)
    events.put_rule(Name="all", EventBusName=BUS, EventPattern=json.dumps({"source": ["gas"]}))
    target: Any = {"Id": "queue", "Arn": made.arn}
    events.put_targets(Rule="all", EventBusName=BUS, Targets=[target])
    return made


@pytest.fixture(scope="module")
def client(emulator: Emulator, statement: dict[str, Any]) -> Any:
    """EventBridge, for a user who may do what the statement says."""
    iam = emulator.session.client("iam", endpoint_url=emulator.endpoint_url)
    iam.create_user(UserName="webhooks")
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName="webhooks", PolicyName="events", PolicyDocument=policy)
    key = iam.create_access_key(UserName="webhooks")["AccessKey"]
    session = boto3.Session(
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        region_name=REGION,
    )
    return session.client("events", endpoint_url=emulator.endpoint_url)


def test_should_reach_the_queue_of_a_rule_when_an_event_is_put(client: Any, queue: Queue) -> None:
    Bus(client, BUS)(EVENT)
    [body] = queue.take()
    got = json.loads(body)
    assert (got["source"], got["detail-type"]) == ("gas", "webhook.test")
    assert got["detail"] == json.loads(EVENT.body)


@pytest.mark.parametrize("name", ["another", "default"])
def test_should_be_refused_when_a_bus_is_not_the_stages(
    client: Any, queue: Queue, name: str
) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        Bus(client, name)(EVENT)
    assert queue.take() == []


def test_should_name_the_one_bus_when_the_role_may_put_events(statement: dict[str, Any]) -> None:
    assert statement == {
        "Action": "events:PutEvents",
        "Effect": "Allow",
        "Resource": f"{ARN}{BUS}",
    }


def test_should_raise_when_eventbridge_takes_the_call_and_refuses_the_event(
    emulator: Emulator,
) -> None:
    events = emulator.session.client("events", endpoint_url=emulator.endpoint_url)

    def refuse(parsed: dict[str, Any], **_: object) -> None:
        parsed["Entries"] = [{"ErrorCode": "InternalFailure", "ErrorMessage": "try again"}]

    events.meta.events.register("after-call.eventbridge.PutEvents", refuse)
    with pytest.raises(NotPut, match="InternalFailure try again"):
        Bus(events, "default")(EVENT)


@pytest.mark.parametrize("stage", STAGES)
def test_should_put_no_events_when_a_stage_names_no_bus(stage: str) -> None:
    assert load(stage).events.bus == ""
    assert "events:PutEvents" not in str(resources(stage, "AWS::IAM::Policy"))


@pytest.mark.parametrize("stage", SPLIT)
def test_should_write_deliveries_of_accounts_alone_when_the_role_is_of_webhooks(stage: str) -> None:
    """Tokens lie in the same table: whoever could write their secrets could read results."""
    conditions = [
        each["Condition"]
        for policy in resources(stage, "AWS::IAM::Policy")
        for each in policy.properties["PolicyDocument"]["Statement"]
        if policy.stack == "webhooks" and "dynamodb:UpdateItem" in each["Action"]
    ]
    assert conditions == [
        {
            "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["user#*"]},
            "ForAllValues:StringEquals": {"dynamodb:Attributes": list(WRITTEN_BY_WEBHOOKS)},
        }
    ]


def test_should_refuse_any_address_when_the_stage_goes_to_aws(
    tmp_path: Path,
) -> None:
    given = (STAGE_FILES / "dev.toml").read_text(encoding="utf-8")
    (tmp_path / "dev.toml").write_text(f"{given}\n[events]\nany_address = true\n")
    with pytest.raises(SettingsError, match="any_address must be false"):
        load("dev", tmp_path)
