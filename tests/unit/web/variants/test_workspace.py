"""Each process spills and exports into a folder of its own, which is deleted in the end."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from runtime.web.services.variants import workspace
from runtime.web.services.variants.query_engine import QueryEngine

MAKES_ONE = """
import sys, time
from pathlib import Path
from runtime.web.services.variants.query_engine import QueryEngine
engine = QueryEngine(Path(sys.argv[1]))
engine.rows("SELECT 1", [])
print(engine.workspace, flush=True)
sys.stdin.read()
"""


def begin(folder: Path) -> subprocess.Popen[str]:
    """A process with an engine, which ends when its input does."""
    return subprocess.Popen(
        [sys.executable, "-c", MAKES_ONE, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def place(process: subprocess.Popen[str]) -> Path:
    assert process.stdout
    return Path(process.stdout.readline().strip())


def age(path: Path) -> None:
    os.utime(path, (time.time() - 100,) * 2)


def test_should_spill_apart_when_two_engines_share_a_folder(folder: Path) -> None:
    engines = [QueryEngine(folder), QueryEngine(folder)]
    spills = {engine.rows("SELECT current_setting('temp_directory')", [])[0] for engine in engines}
    assert len(spills) == 2


def test_should_leave_no_folder_when_a_process_ends(folder: Path) -> None:
    with begin(folder) as process:
        own = place(process)
        assert own.is_dir()
        age(own)
        workspace.delete_abandoned(folder)
        assert own.is_dir()  # it is locked
    assert process.returncode == 0
    assert not own.exists()


@pytest.mark.parametrize("old", [True, False])
def test_should_delete_a_folder_when_its_process_was_killed(folder: Path, old: bool) -> None:
    with begin(folder) as process:
        own = place(process)
        process.kill()
    if old:
        age(own)
    workspace.delete_abandoned(folder)
    assert own.exists() is not old
