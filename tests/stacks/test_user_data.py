"""The script that an instance runs at first boot."""

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from stacks.user_data import boot_commands, new_script
from tests.emulator import Emulator, running_emulator
from tests.metadata import played_metadata
from tests.stacks.synthesis import SPLIT
from tests.stacks.test_environment import PROCESSES, user_data
from tests.waiting import wait_until

EC2_LIMIT_BYTES = 16 * 1024
"""https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html"""

BUCKET = "assets"
CODE_URI = f"s3://{BUCKET}/runtime.zip"
STACK = "waiting"
GROUP = {
    "Type": "AWS::CloudFormation::WaitCondition",
    "CreationPolicy": {"ResourceSignal": {"Count": 1, "Timeout": "PT5M"}},
}
"""What waits for a signal on the emulator, which doesn't have groups wait for theirs."""

WITHIN_SECONDS = 60


@pytest.mark.parametrize("stage", SPLIT)
@pytest.mark.parametrize("fleet", PROCESSES)
def test_should_be_sound_shell_and_short_when_rendered(stage: str, fleet: str) -> None:
    script = user_data(stage, fleet)
    assert len(script.encode()) < EC2_LIMIT_BYTES / 2
    checked = subprocess.run(
        [str(Path(sys.executable).parent / "shellcheck"), "--shell=bash", "-"],
        input=script,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with running_emulator() as running:
        s3 = running.session.client("s3", endpoint_url=running.endpoint_url)
        s3.create_bucket(Bucket=BUCKET)
        yield running


def run(emulator: Emulator, root: Path, *, sleep: str) -> "subprocess.CompletedProcess[str]":
    """Run user data on an instance that has an id; `sleep` is what it does instead of waiting."""
    environment = {
        "AWS_DEFAULT_REGION": "us-east-1",
        "GAS_SIGNAL_STACK": STACK,
        "GAS_SIGNAL_RESOURCE": "Group",
    }
    script = new_script()
    script.add_commands(*boot_commands(["web"], environment=environment, runtime_s3_uri=CODE_URI))
    binaries = root / "bin"
    binaries.mkdir()
    (binaries / "sleep").write_text(f"#!/bin/bash\n{sleep}\n")
    (binaries / "sleep").chmod(0o755)
    with played_metadata() as metadata:
        return subprocess.run(
            ["bash", "-c", script.render()],
            env={
                "PATH": f"{binaries}:{Path(sys.executable).parent}:{os.environ['PATH']}",
                "GAS_ROOT": str(root / "gas"),
                **emulator.environment,
                **metadata.environment,
            },
            capture_output=True,
            text=True,
            timeout=WITHIN_SECONDS,
            check=False,
        )


def test_should_fail_the_deployment_and_give_up_the_instance_when_the_code_is_not_there(
    emulator: Emulator, tmp_path: Path
) -> None:
    client = emulator.session.client("cloudformation", endpoint_url=emulator.endpoint_url)
    template = json.dumps({"Resources": {"Group": GROUP}})
    client.create_stack(StackName=STACK, TemplateBody=template, OnFailure="DO_NOTHING")
    ran = run(emulator, tmp_path, sleep="exit 0")
    assert ran.returncode == 1
    assert ran.stdout.count("to fetch the code failed") == 5
    assert "user data failed with code 1 before the boot script" in ran.stdout
    assert "no deployment took the signal" not in ran.stdout
    # It asked for its end: the emulator, which has no such instance, refused.
    assert "the group wasn't told that this instance is unhealthy" in ran.stdout
    wait_until(
        lambda: (
            client.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"] == "CREATE_FAILED"
        ),
        "the stack has failed",
        WITHIN_SECONDS,
    )


def test_should_boot_when_the_code_can_be_fetched_at_the_second_attempt(
    emulator: Emulator, tmp_path: Path
) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as file:
        file.writestr("runtime/boot/boot.sh", 'echo "booting $*"')
    (tmp_path / "runtime.zip").write_bytes(code.getvalue())
    ran = run(emulator, tmp_path, sleep=f"aws s3 cp {tmp_path}/runtime.zip {CODE_URI}")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("to fetch the code failed") == 1
    assert ran.stdout.splitlines()[-1] == "booting web"
