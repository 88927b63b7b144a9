"""What a run says about itself, and that there is one at most."""

import os
import subprocess
import sys

import pytest

from local.commands.down import down, reset
from local.errors import LocalError
from local.host.folder import REPOSITORY, Folder
from local.host.processes import Identity
from local.host.run_state import ProcessRecord, Run, only_run, require_running, running
from tests.waiting import wait_until

WAITS = "import time; time.sleep(300)"
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print(); time.sleep(300)"


def record(pid: int) -> ProcessRecord:
    identity = Identity.of(pid)
    assert identity is not None
    return ProcessRecord(pid=identity.pid, start_time=identity.start_time)


def write_run(folder: Folder, up: ProcessRecord, *processes: ProcessRecord) -> None:
    Run(
        up=up, site_url="http://127.0.0.1:8000", endpoint_url="http://e", processes=processes
    ).write(folder)


def another_process(record_: ProcessRecord) -> ProcessRecord:
    """One that had the same id at another time."""
    return record_.model_copy(update={"start_time": record_.start_time - 1000})


def start(script: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)


def end(process: "subprocess.Popen[str]") -> int:
    process.communicate(timeout=30)
    return process.returncode


def test_should_find_the_run_when_it_goes_on(folder: Folder) -> None:
    write_run(folder, record(os.getpid()))

    assert require_running(folder).site_url == "http://127.0.0.1:8000"


def test_should_say_how_to_start_one_when_none_runs(folder: Folder) -> None:
    write_run(folder, another_process(record(os.getpid())))

    assert running(folder) is None
    with pytest.raises(LocalError, match=r"isn't running\. Start it: \./gas up"):
        require_running(folder)


def test_should_refuse_a_second_run_when_one_goes_on(folder: Folder) -> None:
    write_run(folder, record(os.getpid()))

    with only_run(folder), pytest.raises(LocalError) as fault, only_run(folder):
        pass

    assert f"process {os.getpid()}, http://127.0.0.1:8000" in str(fault.value)
    assert "./gas down" in str(fault.value)


def test_should_allow_a_run_when_the_one_before_was_killed(folder: Folder) -> None:
    code = f"""
import time
from pathlib import Path
from local.host.folder import Folder
from local.host.run_state import only_run
with only_run(Folder(root=Path({str(folder.root)!r}), cache=Path({str(folder.cache)!r}))):
    print(flush=True)
    time.sleep(300)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    with pytest.raises(LocalError), only_run(folder):
        pass

    process.kill()
    end(process)

    with only_run(folder):
        pass


def test_should_say_so_when_there_is_nothing_to_end(folder: Folder) -> None:
    assert down(folder) == "Nothing runs."


def test_should_end_the_run_when_it_goes_on(folder: Folder) -> None:
    up = start(WAITS)
    running_up = record(up.pid)
    write_run(folder, running_up)

    assert down(folder) == f"Stopped the run of process {up.pid}."

    end(up)
    assert not running_up.identity.alive
    assert not folder.run_file.exists()


def test_should_end_what_is_left_when_the_run_was_killed(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.commands.down.LEFTOVER_SECONDS", 0.2)
    left = start(STUBBORN)
    assert left.stdout is not None
    left.stdout.readline()
    leftover = record(left.pid)
    write_run(folder, another_process(record(os.getpid())), leftover)

    said = down(folder)

    assert "had been killed; 1 of its processes were still running" in said
    end(left)
    assert not leftover.identity.alive


def test_should_not_touch_a_process_when_it_only_has_the_id_of_one_of_ours(folder: Folder) -> None:
    bystander = start(WAITS)
    theirs = another_process(record(bystander.pid))
    write_run(folder, theirs, theirs)

    down(folder)

    assert bystander.poll() is None
    bystander.kill()
    end(bystander)


def test_should_forget_the_state_when_nothing_runs(folder: Folder) -> None:
    (folder.state / "demo.json").write_text("{}")

    reset(folder)

    assert not folder.state.exists()
    assert folder.cache.exists()


def test_should_keep_the_state_when_a_run_goes_on(folder: Folder) -> None:
    write_run(folder, record(os.getpid()))

    with only_run(folder), pytest.raises(LocalError, match="already running"):
        reset(folder)

    assert folder.state.exists()


def test_should_leave_a_whole_file_when_it_is_read_while_written(folder: Folder) -> None:
    write_run(folder, record(os.getpid()))
    wait_until(lambda: running(folder) is not None, "the run is found")

    assert not folder.run_file.with_suffix(".part").exists()
