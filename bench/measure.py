"""Runs a command, and measures the peak memory of its process and all its children."""

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from local.errors import LocalError
from local.host.folder import REPOSITORY

SAMPLE_SECONDS = 0.02
"""How often memory is read; shorter peaks may be missed."""

RUN_SECONDS = 600.0


@dataclass(frozen=True)
class Measurement:
    """The peak of the resident bytes of all processes together, and the output."""

    peak_bytes: int
    output: str


def measure(command: Sequence[str | Path]) -> Measurement:
    """Run a command to its end and measure it.

    Pages that processes share count for each of them, so the peak may be too high, never too low.

    Raises:
        LocalError: it failed, or took longer than RUN_SECONDS.
    """
    began = time.monotonic()
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    peak = 0
    while True:
        try:
            output, errors = process.communicate(timeout=SAMPLE_SECONDS)
            break
        except subprocess.TimeoutExpired:
            peak = max(peak, _resident_bytes(process.pid))
        if time.monotonic() - began > RUN_SECONDS:
            process.kill()
            process.communicate()
            raise LocalError(f"{command[0]} took more than {RUN_SECONDS:.0f} s.")
    if process.returncode != 0:
        raise LocalError(f"{command[0]} failed:\n{errors}")
    return Measurement(peak, output)


def _resident_bytes(pid: int) -> int:
    try:
        root = psutil.Process(pid)
        processes = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    return sum(_resident(process) for process in processes)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
