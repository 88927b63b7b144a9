"""However `up` ends, it leaves nothing running. A command in place of the CDK's decides when."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from local.aws.ec2.instance import free_port
from local.host.folder import REPOSITORY, Folder
from local.host.processes import tail
from local.host.run_state import read_run
from tests.waiting import wait_until

DRIVER = """
import sys
from pathlib import Path
from rich.console import Console
from local.commands import up
from local.aws import cdk as deploy
from local.errors import LocalError
from local.host.folder import Folder
root, cdk, site, emulator = sys.argv[1:]
deploy.cdk_cli = lambda: Path(cdk)
folder = Folder(root=Path(root), cache=Path(root) / "cache")
options = up.Options(site_port=int(site), emulator_port=int(emulator))
try:
    sys.exit(up.up(folder, options, Console(width=200)))
except LocalError as error:
    print(error)
    sys.exit(1)
"""

HANGS = "#!/bin/sh\necho synthesizing\nsleep 300\n"
FAILS = "#!/bin/sh\necho 'Error: no stage'\nexit 1\n"


class Up:
    """`up` in a process of its own, with a CDK command line that does what a script says."""

    def __init__(self, folder: Folder, script: str) -> None:
        self.folder = folder
        cdk = folder.root / "cdk"
        cdk.write_text(script)
        cdk.chmod(0o755)
        ports = [str(free_port()), str(free_port())]
        self.process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, str(folder.root), str(cdk), *ports],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait_synthesizing(self) -> None:
        log = self.folder.logs / "synth.log"
        wait_until(lambda: "synthesizing" in tail(log), "the CDK has been called")
        emulator = self.folder.logs / "emulator.log"
        wait_until(lambda: "Ready" in tail(emulator, 100), "the emulator is up")

    def end(self) -> tuple[int, str]:
        said, _ = self.process.communicate(timeout=60)
        return self.process.returncode, said


def started_by(folder: Folder) -> list[psutil.Process]:
    """Processes whose environment names the folder: all that such a run starts."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(folder.temporary) in process.environ().values():
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return found


def test_should_take_everything_down_when_a_step_fails(folder: Folder) -> None:
    up = Up(folder, FAILS)

    code, said = up.end()

    assert code == 1
    assert "failed:\nError: no stage\nAll of it: " in said
    assert started_by(folder) == []
    assert read_run(folder) is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_should_take_everything_down_when_interrupted_in_the_middle_of_a_step(
    folder: Folder, number: signal.Signals
) -> None:
    up = Up(folder, HANGS)
    up.wait_synthesizing()
    assert started_by(folder)

    up.process.send_signal(number)
    code, said = up.end()

    assert code == 130, said
    assert "Traceback" not in said
    assert started_by(folder) == []
    assert read_run(folder) is None


def test_should_finish_taking_down_when_interrupted_again(folder: Folder) -> None:
    up = Up(folder, HANGS)
    up.wait_synthesizing()
    assert up.process.stdout is not None

    up.process.send_signal(signal.SIGINT)
    while "Interrupted" not in up.process.stdout.readline():
        assert up.process.poll() is None
    up.process.send_signal(signal.SIGINT)
    code, said = up.end()

    assert code == 130, said
    assert started_by(folder) == []


def test_should_leave_nothing_running_when_killed_in_the_middle_of_a_step(folder: Folder) -> None:
    up = Up(folder, HANGS)
    up.wait_synthesizing()

    up.process.kill()
    up.end()

    wait_until(lambda: not started_by(folder), "all that the killed run started has ended")


def test_should_tell_others_of_itself_when_it_has_begun(folder: Folder) -> None:
    up = Up(folder, HANGS)
    up.wait_synthesizing()

    run = read_run(folder)
    os.kill(up.process.pid, signal.SIGINT)
    up.end()

    assert run is not None
    assert run.up.pid == up.process.pid
    assert not run.ready


def test_should_say_so_when_the_port_is_in_use(folder: Folder, tmp_path: Path) -> None:
    first = Up(folder, HANGS)
    first.wait_synthesizing()
    other = Folder(root=tmp_path / "other", cache=tmp_path / "cache")
    other.make()
    run = read_run(folder)
    assert run is not None
    emulator_port = run.endpoint_url.rpartition(":")[2]

    refused = subprocess.run(
        [sys.executable, "-c", DRIVER, str(other.root), "none", str(free_port()), emulator_port],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    first.process.send_signal(signal.SIGINT)
    first.end()

    assert refused.returncode == 1
    assert f"Port {emulator_port} is in use by python" in refused.stdout
