"""What is made of the CDK command line's words."""

import json
from pathlib import Path

import pytest

from local.aws.account import Account
from local.aws.cdk import Cdk, failing_lines
from local.aws.outputs import Outputs
from local.errors import LocalError
from local.host.folder import Folder

OUTPUTS = {
    "gas-local-storage": {
        "InputsBucket": "inputs",
        "ResultsBucket": "results",
        "ArchiveBucket": "archive",
        "AnnotationsTable": "annotations",
        "UsersTable": "users",
        "EphemeralTable": "ephemeral",
        "OwnedItemsTable": "owned-items",
    },
    "gas-local-messaging": {
        "JobRequestsTopic": "requests",
        "JobResultsTopic": "results",
        "JobRequestsQueue": "q1",
        "JobRequestsDlq": "q2",
        "JobResultsNotifyQueue": "q3",
        "JobResultsNotifyDlq": "q4",
        "JobResultsArchiveQueue": "q7",
        "RestoreRequestsQueue": "q8",
        "RemovalsQueue": "q5",
        "RemovalsDlq": "q6",
        "ExportsOutputRefQueue": "something of the CDK's own",
    },
    "gas-local-web": {
        "SiteUrl": "http://127.0.0.1:8000",
        "WebGroup": "web",
        "StripeSecret": "arn:aws:secretsmanager:us-east-1:000000000000:secret:stripe",
    },
    "gas-local-annotator": {"AnnotatorGroup": "annotator"},
    "gas-local-utilities": {"UtilitiesGroup": "utilities"},
    "gas-local-removal": {"RemovalGroup": "removal"},
    "gas-local-restore": {"RestoreGroup": "restore"},
    "gas-local-webhooks": {"WebhooksGroup": "webhooks"},
}

FAILED_DEPLOY = """
gas-local-storage: deploying... [1/8]
gas-local-storage | 0/3 | CREATE_IN_PROGRESS | AWS::S3::Bucket | Inputs
gas-local-storage | 1/3 | CREATE_FAILED | AWS::S3::Bucket | Inputs: the name is taken
❌  gas-local-storage failed: ToolkitError: the stack is in ROLLBACK_COMPLETE
"""


def test_should_gather_the_outputs_when_several_stacks_have_them() -> None:
    outputs = Outputs.of_stacks(OUTPUTS)

    assert outputs.inputs_bucket == "inputs"
    assert outputs.job_requests_queue == "q1"
    assert outputs.annotator_group == "annotator"


def test_should_name_the_outputs_when_no_stack_has_them() -> None:
    stacks = {name: outputs for name, outputs in OUTPUTS.items() if name != "gas-local-web"}

    with pytest.raises(LocalError, match=r"no such output: SiteUrl, StripeSecret\."):
        Outputs.of_stacks(stacks)


def test_should_show_the_failing_lines_when_a_deployment_failed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(FAILED_DEPLOY)

    lines = failing_lines(log).splitlines()

    assert len(lines) == 2
    assert "the name is taken" in lines[0]
    assert "ROLLBACK_COMPLETE" in lines[1]


def test_should_show_the_last_lines_when_none_tells_what_failed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("one\n\ntwo\nthree\n")

    assert failing_lines(log, limit=2) == "two\nthree"


@pytest.fixture
def talking_cdk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A command in place of the CDK's, for faults that the real one makes in its own time."""
    script = tmp_path / "cdk"
    monkeypatch.setattr("local.aws.cdk.cdk_cli", lambda: script)
    return script


def test_should_name_command_lines_and_log_when_the_cdk_fails(
    talking_cdk: Path, folder: Folder
) -> None:
    talking_cdk.write_text("#!/bin/sh\necho 'Error: no such stage'\nexit 1\n")
    talking_cdk.chmod(0o755)

    with pytest.raises(LocalError) as fault:
        Cdk(folder, Account("http://127.0.0.1:1")).synthesize("http://127.0.0.1:8000")

    assert "`cdk synth` failed:\nError: no such stage" in str(fault.value)
    assert str(folder.logs / "synth.log") in str(fault.value)


def test_should_give_up_when_the_cdk_takes_too_long(
    talking_cdk: Path, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.aws.cdk.SYNTH_SECONDS", 0.5)
    talking_cdk.write_text("#!/bin/sh\nsleep 300\n")
    talking_cdk.chmod(0o755)

    with pytest.raises(LocalError, match="took more than"):
        Cdk(folder, Account("http://127.0.0.1:1")).synthesize("http://127.0.0.1:8000")


def test_should_report_each_stack_when_it_is_deployed(talking_cdk: Path, folder: Folder) -> None:
    talking_cdk.write_text(
        "#!/bin/sh\n"
        "printf ' ✅  gas-local-storage\\n\\n'\n"
        "printf ' ✅  gas-local-web (no changes)\\n'\n"
        f"cp {folder.root}/prepared.json {folder.root}/outputs.json\n"
    )
    talking_cdk.chmod(0o755)
    (folder.root / "prepared.json").write_text(json.dumps(OUTPUTS))
    deployed: list[str] = []

    Cdk(folder, Account("http://127.0.0.1:1")).deploy(deployed.append)

    assert deployed == ["gas-local-storage", "gas-local-web"]
