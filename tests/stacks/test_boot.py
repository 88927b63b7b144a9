"""The boot script, run under a folder of its own: what it installs, starts and stops.

What it does with the real wheels is tried where real instances boot, in tests/platform.
"""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from runtime.common.references import References
from runtime.contract.cloudwatch import FAILED_BOOTS, namespace
from runtime.contract.site import HTTP_PORT
from tests.emulator import Emulator, running_emulator
from tests.metadata import played_metadata
from tests.stacks.synthesis import ROOT
from tests.waiting import wait_until

BUCKET = "references"
WITHIN_SECONDS = 60

STEADY = """
import os, signal, sys, time
def stop(*_):
    time.sleep(0.5)  # the work in hand
    open(os.environ["GAS_ROOT"] + "/stopped-" + __name__.split(".")[-1], "w").close()
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
print("ready", flush=True)
while True:
    time.sleep(3600)
"""

PROCESSES = {
    "steady": STEADY.replace("__name__", '"runtime.steady"'),
    "calm": STEADY.replace("__name__", '"runtime.calm"'),
    "dying": "print('ready', flush=True); raise SystemExit(3)",
    "finishing": "print('ready', flush=True)",
    "telling": "import os, json; print(json.dumps(dict(os.environ)), flush=True)",
}


@dataclass
class Instance:
    """A root folder with runtime code, an environment file, and packages that are there already."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    def write_environment(self, **variables: str) -> None:
        needed = {"GAS_PYTHON": "python3", "GAS_WHEELS_S3_URI": "s3://assets/wheels.zip"}
        lines = [f"{name}={value}" for name, value in (needed | variables).items()]
        (self.root / "environment").write_text("\n".join(lines) + "\n")

    def boot(self, *processes: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            ["bash", str(self.root / "app/runtime/boot/boot.sh"), *processes],
            env={
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "GAS_ROOT": str(self.root),
                "GAS_FOREGROUND": "1",
                **self.environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    runtime = tmp_path / "app/runtime"
    (runtime / "boot").mkdir(parents=True)
    script = (ROOT / "runtime/boot/boot.sh").read_text()
    (runtime / "boot/boot.sh").write_text(script)
    for name in ("instance.sh", "start.sh"):
        shutil.copy(ROOT / "runtime/boot" / name, runtime / "boot")
    for name, source in PROCESSES.items():
        (runtime / f"{name}.py").write_text(source)
    (tmp_path / "venv/bin").mkdir(parents=True)
    python = tmp_path / "venv/bin/python"
    # Not a link: Python would look for this environment's packages beside it.
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (tmp_path / "venv/installed").write_text("s3://assets/wheels.zip\n")
    instance = Instance(tmp_path)
    instance.write_environment()
    return instance


def wait_for(process: "subprocess.Popen[str]", words: str, *, times: int = 1) -> None:
    """Read what it prints until `words` came this often."""
    assert process.stdout
    for line in process.stdout:
        times -= words in line
        if not times:
            return
    pytest.fail(f"it ended before it said {words!r}")


def end(process: "subprocess.Popen[str]") -> tuple[int, str]:
    said, _ = process.communicate(timeout=WITHIN_SECONDS)
    return process.returncode, said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_should_stop_all_and_succeed_when_told_to_stop(
    instance: Instance, number: signal.Signals
) -> None:
    booted = instance.boot("steady", "calm")
    wait_for(booted, "ready", times=2)
    booted.send_signal(number)
    assert booted.wait(WITHIN_SECONDS) == 0
    finished = sorted(path.name for path in instance.root.glob("stopped-*"))
    assert finished == ["stopped-calm", "stopped-steady"]
    assert end(booted)[1] == "boot: stopped steady calm\n"


@pytest.mark.parametrize(("process", "status"), [("dying", 3), ("finishing", 0)])
def test_should_stop_the_rest_and_fail_when_a_process_ends(
    instance: Instance, process: str, status: int
) -> None:
    # The steady one first, so that it's the death of another that ends it.
    code, said = end(instance.boot("steady", process))
    assert code == 1
    assert f"a process ended with status {status}; the others were stopped" in said


def test_should_fail_when_no_process_is_named(instance: Instance) -> None:
    assert end(instance.boot()) == (1, "boot: no process named\n")


def test_should_boot_again_when_it_stopped(instance: Instance) -> None:
    for _ in range(2):
        booted = instance.boot("steady")
        wait_for(booted, "ready")
        booted.terminate()
        assert end(booted)[0] == 0


def test_should_hand_values_on_as_they_are_when_they_look_like_shell(instance: Instance) -> None:
    value = f"$(touch {instance.root}/ran) `id` 'a' \"b\" c\\d # e=f"
    instance.write_environment(GAS_SITE_URL=value)
    _, said = end(instance.boot("telling"))
    assert value.replace("\\", "\\\\").replace('"', '\\"') in said
    assert not (instance.root / "ran").exists()


@pytest.mark.parametrize(
    ("given", "expected"), [({}, f"{HTTP_PORT}"), ({"GAS_HTTP_PORT": "4321"}, "4321")]
)
def test_should_tell_processes_where_they_are_when_it_starts_them(
    instance: Instance, given: dict[str, str], expected: str
) -> None:
    instance.environment = given
    _, said = end(instance.boot("telling"))
    assert f'"GAS_HTTP_PORT": "{expected}"' in said
    assert f'"GAS_REFERENCES_DIR": "{instance.root}/references"' in said
    assert f'"PYTHONPATH": "{instance.root}/app"' in said


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with running_emulator() as running:
        yield running


@pytest.fixture
def embedded(emulator: Emulator, instance: Instance, bundle_folder: Path) -> str:
    """The URI of a reference in S3 that the instance may read; it has the installer's code."""
    instance.environment |= emulator.environment
    runtime = instance.root / "app/runtime"
    shutil.copy(ROOT / "runtime/boot/references.py", runtime / "boot")
    for package in ("common", "contract"):
        (runtime / package).symlink_to(ROOT / "runtime" / package)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for path in bundle_folder.rglob("*"):
            packed.write(path, path.relative_to(bundle_folder))
    s3 = emulator.session.client("s3", endpoint_url=emulator.endpoint_url)
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="rcrs.zip", Body=content.getvalue())
    return f"s3://{BUCKET}/rcrs.zip"


def test_should_install_the_reference_once_when_an_annotator_boots_twice(
    instance: Instance, embedded: str, emulator: Emulator
) -> None:
    instance.write_environment(GAS_REFERENCES_S3_URIS=embedded)
    end(instance.boot("finishing"))
    assert [each.name for each in References.load(instance.root / "references")] == ["rcrs"]
    s3 = emulator.session.client("s3", endpoint_url=emulator.endpoint_url)
    s3.delete_object(Bucket=BUCKET, Key="rcrs.zip")
    _, said = end(instance.boot("finishing"))
    assert "boot: running finishing" in said


def test_should_start_nothing_when_a_reference_is_not_there(
    instance: Instance, embedded: str
) -> None:
    instance.write_environment(GAS_REFERENCES_S3_URIS=f"{embedded},s3://{BUCKET}/none-1")
    code, said = end(instance.boot("finishing"))
    assert code == 1
    assert f"boot: the references weren't installed: s3://{BUCKET}/none-1 can't be fetched" in said
    assert "running" not in said


WAITING = {
    "Resources": {
        "Group": {
            "Type": "AWS::CloudFormation::WaitCondition",
            "CreationPolicy": {"ResourceSignal": {"Count": 1, "Timeout": "PT5M"}},
        }
    }
}
"""What waits for a signal on the emulator, which doesn't have groups wait for theirs."""


def call(function: str, emulator: Emulator, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a function of instance.sh on an instance that has an id."""
    with played_metadata() as metadata:
        return subprocess.run(
            ["bash", "-euc", f"source {ROOT}/runtime/boot/instance.sh; {function}"],
            env={
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                **emulator.environment,
                **metadata.environment,
                **variables,
            },
            capture_output=True,
            text=True,
            check=False,
        )


def wait_for_status(emulator: Emulator, stack: str, status: str) -> list[str]:
    """The reasons in the stack's events, once it has the status."""
    client = emulator.session.client("cloudformation", endpoint_url=emulator.endpoint_url)
    wait_until(
        lambda: client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"] == status,
        f"the stack's status is {status}",
        WITHIN_SECONDS,
    )
    events = client.describe_stack_events(StackName=stack)["StackEvents"]
    return [event.get("ResourceStatusReason", "") for event in events]


@pytest.mark.parametrize(
    ("status", "ends"), [("SUCCESS", "CREATE_COMPLETE"), ("FAILURE", "CREATE_FAILED")]
)
def test_should_end_the_deployment_when_an_instance_signals(
    emulator: Emulator, status: str, ends: str
) -> None:
    client = emulator.session.client("cloudformation", endpoint_url=emulator.endpoint_url)
    client.create_stack(StackName=status, TemplateBody=json.dumps(WAITING), OnFailure="DO_NOTHING")
    names = {"GAS_SIGNAL_STACK": status, "GAS_SIGNAL_RESOURCE": "Group"}
    # The stack may not wait yet: a signal before that finds nobody, as on AWS.
    for _ in range(20):
        if (
            "no deployment took"
            not in call(f"signal_deployment {status}", emulator, **names).stdout
        ):
            break
    reasons = wait_for_status(emulator, status, ends)
    assert any("i-0123456789abcdef0" in reason for reason in reasons)


def test_should_go_on_when_no_deployment_waits_for_the_signal(emulator: Emulator) -> None:
    names = {"GAS_SIGNAL_STACK": "none", "GAS_SIGNAL_RESOURCE": "Group"}
    called = call("signal_deployment SUCCESS; echo on", emulator, **names)
    assert called.returncode == 0
    assert called.stdout.splitlines() == ["boot: no deployment took the signal SUCCESS", "on"]


def test_should_count_in_the_metric_of_the_alarm_when_a_boot_failed(emulator: Emulator) -> None:
    line = json.loads(call("count_failed_boot", emulator, GAS_STAGE="dev").stdout)
    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == namespace("dev")
    assert [metric["Name"] for metric in directive["Metrics"]] == [FAILED_BOOTS.name]
    assert directive["Dimensions"] == [[]]
    assert line[FAILED_BOOTS.name] == 1
    assert abs(line["_aws"]["Timestamp"] / 1000 - time.time()) < 60
