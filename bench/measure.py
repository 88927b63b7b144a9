"""Runs a command, and measures the peak memory of its process and all its children."""

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.processes import kill_below
from local.errors import LocalError
from local.host.folder import REPOSITORY

SAMPLE_SECONDS = 0.02
"""How often memory is read; shorter peaks may be missed."""

RUN_SECONDS = 1800.0


@dataclass(frozen=True)
class Measurement:
    """One run.

    Attributes:
        peak_bytes: the most bytes resident at one time in all processes.
        peak_own_bytes: the same without pages of files, which the system takes back when it needs
            them: a mapped genome is not in it.
        output: what it printed.
    """

    peak_bytes: int
    peak_own_bytes: int
    output: str


def measure(command: Sequence[str | Path], *, seconds: float = RUN_SECONDS) -> Measurement:
    """Run a command to its end and measure it.

    Pages that processes share count for each of them, so the peak may be too high, never too low.

    Raises:
        LocalError: it failed, or took longer than `seconds`.
    """
    began = time.monotonic()
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    peak = peak_own = 0
    try:
        while True:
            try:
                output, errors = process.communicate(timeout=SAMPLE_SECONDS)
                break
            except subprocess.TimeoutExpired:
                resident, own = _memory(process.pid)
                peak, peak_own = max(peak, resident), max(peak_own, own)
            if time.monotonic() - began > seconds:
                raise LocalError(f"{command[0]} took more than {seconds:.0f} s.")
    finally:
        if process.poll() is None:  # the time limit, or Ctrl-C
            kill_below(process.pid)
            process.kill()
            process.communicate()
    if process.returncode != 0:
        raise LocalError(f"{command[0]} failed:\n{errors}")
    return Measurement(peak, peak_own, output)


def cpu_seconds() -> float:
    """Processor time so far of this process and its children, those that have ended included.

    On a busy machine it says more than time does.
    """
    root = psutil.Process()
    each = [process.cpu_times() for process in (root, *root.children(recursive=True))]
    return sum(t.user + t.system + t.children_user + t.children_system for t in each)


def _memory(pid: int) -> tuple[int, int]:
    """Bytes resident in a process and its children, and those of them that no file backs."""
    try:
        root = psutil.Process(pid)
        each = [_own_memory(process) for process in [root, *root.children(recursive=True)]]
    except psutil.NoSuchProcess:
        return 0, 0
    return sum(resident for resident, _ in each), sum(own for _, own in each)


def _own_memory(process: psutil.Process) -> tuple[int, int]:
    try:
        memory = process.memory_info()
    except psutil.NoSuchProcess:
        return 0, 0
    return int(memory.rss), int(memory.rss - memory.shared)
