"""Nothing that the laptop cloud starts may outlive it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from local.host.folder import REPOSITORY
from local.host.processes import Identity, SupervisedProcess, running_processes, tail
from tests.waiting import wait_until

STUBBORN = "trap '' TERM; echo ready; while true; do sleep 1; done"
ORPHANS = "setsid sleep 300 & sleep 300 & echo ready; exit 0"
MANY = "for i in $(seq 1000); do (true & true &); done; exit 5"
OBEDIENT = "trap 'echo stopped; exit 3' TERM; echo ready; while true; do sleep 0.05; done"


def start(tmp_path: Path, script: str, *, grace_seconds: float = 10.0) -> SupervisedProcess:
    return SupervisedProcess(
        ["bash", "-c", script],
        env={"PATH": os.environ["PATH"]},
        cwd=tmp_path,
        log=tmp_path / "log",
        grace_seconds=grace_seconds,
    )


def wait_ready(log: Path) -> None:
    wait_until(lambda: "ready" in tail(log), "the script says that it is ready")


def processes_in(folder: Path) -> list[psutil.Process]:
    """Every process whose working folder is `folder`, wherever it has gone in the process tree."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(folder):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return found


def test_should_pass_the_exit_code_on_when_the_command_ends(tmp_path: Path) -> None:
    assert start(tmp_path, "exit 7").wait(30) == 7


def test_should_say_so_when_the_command_does_not_exist(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = SupervisedProcess(["no-such"], env={}, cwd=tmp_path, log=log, grace_seconds=1)

    assert process.wait(30) == 127
    assert "cannot run no-such: No such file or directory" in tail(log)


def test_should_let_the_command_end_in_order_when_it_is_stopped(tmp_path: Path) -> None:
    process = start(tmp_path, OBEDIENT)
    wait_ready(process.log)

    assert process.stop() == 3
    assert "stopped" in tail(process.log)


def test_should_kill_the_command_when_it_ignores_sigterm(tmp_path: Path) -> None:
    process = start(tmp_path, STUBBORN, grace_seconds=0.2)
    wait_ready(process.log)

    assert process.stop() == 128 + signal.SIGKILL
    assert processes_in(tmp_path) == []


def test_should_kill_the_command_at_once_when_no_grace_is_left(tmp_path: Path) -> None:
    process = start(tmp_path, STUBBORN, grace_seconds=3600)
    wait_ready(process.log)

    assert process.stop(grace_seconds=0) == 128 + signal.SIGKILL
    assert processes_in(tmp_path) == []


def test_should_kill_what_the_command_left_behind_when_it_ends(tmp_path: Path) -> None:
    process = start(tmp_path, ORPHANS)

    assert process.wait(30) == 0
    assert processes_in(tmp_path) == []


def test_should_notice_the_end_when_many_that_it_started_end_at_once(tmp_path: Path) -> None:
    # Each sends the supervisor a signal, while it handles the one before.
    assert start(tmp_path, MANY).wait(60) == 5


def test_should_end_everything_when_the_starter_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    starter = f"""
import sys, time
from pathlib import Path
from local.host.processes import SupervisedProcess
kept = SupervisedProcess(
    ["bash", "-c", "setsid sleep 300 & echo ready; wait"], env={{"PATH": {os.environ["PATH"]!r}}},
    cwd=Path({str(tmp_path)!r}), log=Path({str(log)!r}), grace_seconds=1)
time.sleep(300)
"""
    process = subprocess.Popen([sys.executable, "-c", starter], cwd=REPOSITORY)
    wait_ready(log)
    assert processes_in(tmp_path)

    process.kill()
    process.wait()

    wait_until(lambda: not processes_in(tmp_path), "the killed starter's processes have ended")


def test_should_list_what_runs_when_some_has_ended(tmp_path: Path) -> None:
    process = start(tmp_path, OBEDIENT)
    wait_ready(process.log)
    assert process in running_processes(tmp_path)

    process.stop()

    assert process not in running_processes(tmp_path)


def test_should_list_none_of_another_platform_when_two_run(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    one, two = (start(folder, OBEDIENT) for folder in folders)

    assert running_processes(folders[0]) == [one]
    assert running_processes(folders[1]) == [two]

    one.stop()
    two.stop()


@pytest.mark.parametrize("start_time_offset", [-5.0, 5.0])
def test_should_not_take_a_process_for_another_when_its_id_is_used_again(
    start_time_offset: float,
) -> None:
    me = Identity.of(os.getpid())
    assert me is not None

    assert me.alive
    assert not Identity(me.pid, me.start_time + start_time_offset).alive
