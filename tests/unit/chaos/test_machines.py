"""The platform's processes are found by their command lines, killed and stopped: real processes."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from chaos.machines import EMULATOR, Machine, Machines
from local.host.processes import SupervisedProcess
from tests.waiting import wait_until

SLEEP = "import time; time.sleep(600)"
USER_DATA = f"""
sleep 600 &
{sys.executable} -c '{SLEEP}' -m runtime.annotator
"""


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[SupervisedProcess]:
    """An instance of the group annotator: one process by its name, and one beside it."""
    root = tmp_path / "annotator-i-1"
    root.mkdir()
    (root / "user-data").write_text(USER_DATA)
    process = start(["bash", root / "user-data"], tmp_path)
    yield process
    process.stop(0)


def start(command: list[str | Path], folder: Path) -> SupervisedProcess:
    return SupervisedProcess(command, env={}, cwd=folder, log=folder / "log", grace_seconds=1.0)


def found(machines: Machines) -> Machine:
    """The instance, once all of it runs."""
    wait_until(
        lambda: any(each.process("annotator") for each in machines.of_group("annotator")),
        "the instance has booted",
        30,
    )
    [machine] = machines.of_group("annotator")
    return machine


@pytest.mark.parametrize("whole", [True, False])
def test_should_leave_no_process_when_an_instance_or_its_process_is_killed(
    instance: SupervisedProcess, whole: bool
) -> None:
    machines = Machines.of(os.getpid())
    machine = found(machines)

    if whole:
        machines.kill_all(machine)
    else:
        assert machines.kill_process(machine, "annotator")

    assert instance.wait(30) != 0
    assert len(machines.killed) >= 3
    assert machines.left_over() == []
    assert machines.of_group("annotator") == []


def test_should_tell_of_what_outlived_its_instance_when_something_did(
    instance: SupervisedProcess,
) -> None:
    machines = Machines.of(os.getpid())
    machine = found(machines)
    process = machine.process("annotator")
    assert process is not None
    machines.kill_process(machine, "notify")
    machines._note(machine)
    assert process.pid in {each.pid for each in machines.left_over()}


def test_should_kill_nothing_when_the_process_does_not_run(instance: SupervisedProcess) -> None:
    machines = Machines.of(os.getpid())
    assert not machines.kill_process(found(machines), "notify")
    assert machines.killed == []


def test_should_stop_the_emulator_and_let_it_go_on_when_the_context_ends(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SLEEP, EMULATOR]
    started = start([*command], tmp_path)
    machines = Machines.of(os.getpid())

    def children() -> list[list[str]]:
        return [child.cmdline() for child in psutil.Process(started.pid).children()]

    wait_until(lambda: children() == [command], "it runs", 30)

    def state() -> str:
        return machines.emulator.status()

    with machines.stopped_emulator():
        wait_until(lambda: state() == psutil.STATUS_STOPPED, "it is stopped", 10)
    wait_until(lambda: state() == psutil.STATUS_SLEEPING, "it goes on", 10)
    started.stop(0)
