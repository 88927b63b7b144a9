"""A table is brought back on the emulator, which restores a table as it is at that moment."""

import io
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from rich.console import Console

from stacks import settings
from stacks.recovery import __main__ as command
from stacks.recovery.table import Recovery
from stacks.settings import load
from tests.emulator import running_emulator
from tests.stacks.stage_folder import use_stage_folder
from tests.stacks.synthesis import resources, synthesize, templates

FILE = (settings.STAGES / "dev.toml").read_text()
AT = "2026-11-28T12:00:00Z"
ENDING = "-at-20261128T120000Z"


@pytest.fixture(scope="module")
def account() -> Iterator[None]:
    """An emulator with the tables of stage dev, deployed from its template."""
    with running_emulator() as emulator, pytest.MonkeyPatch.context() as environment:
        for name, value in emulator.environment.items():
            environment.setenv(name, value)
        storage = templates("dev")["storage"]
        tables = {each.logical_id: each.body for each in resources("dev", "AWS::DynamoDB::Table")}
        outputs = {
            f"{name}Table": storage["Outputs"][f"{name}Table"]
            for name in ("Annotations", "Users", "Ephemeral")
        }
        cloudformation = boto3.client("cloudformation")
        cloudformation.create_stack(
            StackName="gas-dev-storage",
            TemplateBody=json.dumps({"Resources": tables, "Outputs": outputs}),
        )
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName="gas-dev-storage", WaiterConfig={"Delay": 1}
        )
        dynamodb = boto3.client("dynamodb")
        for name in dynamodb.list_tables()["TableNames"]:
            # The emulator's CloudFormation leaves these two properties out.
            dynamodb.update_continuous_backups(
                TableName=name,
                PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
            )
        dynamodb.update_time_to_live(
            TableName=table_of("Ephemeral"),
            TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"},
        )
        yield


@pytest.fixture
def stages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_stage_folder(command, FILE, tmp_path / "stages", monkeypatch)


def run(table: str, *more: str, at: str = AT) -> tuple[int, str]:
    printed = io.StringIO()
    arguments = ["--stage", "dev", "--table", table, "--at", at, *more]
    code = command.main(arguments, Console(file=printed, width=200))
    return code, printed.getvalue()


def table_of(kind: str) -> str:
    """The stage's own table."""
    [name] = [
        name
        for name in boto3.client("dynamodb").list_tables()["TableNames"]
        if kind in name and "-at-" not in name
    ]
    return name


def put(kind: str, key: str, count: int) -> None:
    table = boto3.resource("dynamodb").Table(table_of(kind))
    for number in range(count):
        table.put_item(Item={key: str(number)})


def test_should_change_nothing_when_the_run_is_dry(account: None, stages: Path) -> None:
    before = boto3.client("dynamodb").list_tables()["TableNames"]
    code, said = run("users", "--dry-run")
    assert code == 0
    assert f"{ENDING} would be made" in said
    assert boto3.client("dynamodb").list_tables()["TableNames"] == before
    assert (stages / "dev.toml").read_text() == FILE


def test_should_have_the_stage_use_the_restored_table_when_it_is_complete(
    account: None, stages: Path
) -> None:
    put("Ephemeral", "item_id", 3)
    code, said = run("ephemeral")
    assert code == 0, said
    restored = f"{table_of('Ephemeral')}{ENDING}"
    assert f"{restored}: 3" in said
    assert load("dev", stages).data.recovered_tables == {"ephemeral": restored}
    lines = (stages / "dev.toml").read_text().splitlines()
    assert [line for line in lines if "recovered_tables" not in line] == FILE.splitlines()
    dynamodb = boto3.client("dynamodb")
    expiry = dynamodb.describe_time_to_live(TableName=restored)["TimeToLiveDescription"]
    assert expiry["AttributeName"] == "expires_at"
    backups = dynamodb.describe_continuous_backups(TableName=restored)
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
    arn = dynamodb.describe_table(TableName=restored)["Table"]["TableArn"]
    tags = {
        tag["Key"]: tag["Value"] for tag in dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"]
    }
    assert tags["gas-stage"] == "dev"


def test_should_go_on_when_an_earlier_run_made_the_table(account: None, stages: Path) -> None:
    put("Annotations", "job_id", 2)
    assert run("annotations")[0] == 0
    (stages / "dev.toml").write_text(FILE)
    code, said = run("annotations")
    assert code == 0
    assert "is there from an earlier run" in said
    assert ENDING in load("dev", stages).data.recovered_tables["annotations"]


def test_should_keep_the_table_in_use_when_the_restored_one_is_empty(
    account: None, stages: Path
) -> None:
    at = "2026-11-28T13:00:00Z"
    client = boto3.client("dynamodb")
    recovery = Recovery(client, table_of("Users"), datetime.fromisoformat(at), poll_seconds=0.1)
    recovery.restore(lambda _: None)
    put("Users", "user_id", 1)
    code, said = run("users", at=at)
    assert code == 1
    assert "is empty: choose a later time" in said
    assert (stages / "dev.toml").read_text() == FILE


@pytest.mark.parametrize("at", ["2026-11-28T12:00:00", "2999-01-01T00:00:00Z", "noon"])
def test_should_refuse_a_time_when_it_is_without_a_zone_or_in_the_future(
    stages: Path, at: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run("users", at=at)
    assert "--at" in capsys.readouterr().err


def test_should_lead_templates_and_processes_to_the_restored_table_when_the_file_names_it(
    tmp_path: Path,
) -> None:
    name = f"users{ENDING}"
    stage = load("dev")
    data = stage.data.model_copy(update={"recovered_tables": {"users": name}})
    found = synthesize(stage.model_copy(update={"data": data}), tmp_path)
    own = templates("dev")
    for stack, template in found.items():
        if stack != "storage":
            # What referred to the stage's own table refers to the restored one, and nothing else.
            assert "Users0A0EEA89" not in json.dumps(template), stack
            assert (name in json.dumps(template)) == ("Users0A0EEA89" in json.dumps(own[stack]))
    assert found["storage"]["Outputs"]["UsersTable"]["Value"] == name
    kept: dict[str, Any] = own["storage"]["Outputs"]
    # The stacks that still use the exports are deployed later.
    assert {each for each in kept if each.startswith("Exports")} <= set(found["storage"]["Outputs"])


def test_should_say_so_when_the_table_has_no_backups(account: None, stages: Path) -> None:
    boto3.client("dynamodb").update_continuous_backups(
        TableName=table_of("Users"),
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False},
    )
    code, said = run("users")
    assert code == 1
    assert "has no point-in-time recovery" in said


@pytest.mark.usefixtures("no_credentials")
def test_should_say_that_it_needs_credentials_when_there_are_none(stages: Path) -> None:
    code, said = run("users", "--region", "eu-west-1")
    assert code == 1
    assert "Nothing was changed: Unable to locate credentials" in said
