"""Finds processes of instances, starts copies of them, and measures sleeping ones."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil

from local.deployed_platform import DeployedPlatform
from local.errors import LocalError

START_SECONDS = 60.0
POLL_SECONDS = 0.2
"""Between two looks for a process, whose start nobody announces."""

SETTLE_SECONDS = 3.0
"""For a copy to start polling, which can't be observed. A later start only shortens its part of the
measurement; if a copy ends, the benchmark stops."""

# The least that a process needs to wait for one job: AWS clients, and the sleep.
SLEEPER = """
import time, boto3
clients = [boto3.client(name, region_name="us-east-1") for name in ("s3", "dynamodb")]
print("asleep", flush=True)
time.sleep(1800)
"""


@dataclass(frozen=True)
class Running:
    """A process of an instance."""

    process: psutil.Process
    arguments: list[str]

    @property
    def resident_bytes(self) -> int:
        """Its resident memory."""
        return int(self.process.memory_info().rss)

    @contextmanager
    def copies(self, count: int) -> Iterator[None]:
        """Run `count` copies of it, with the same settings and the same role."""
        environment, folder = self.process.environ(), self.process.cwd()
        started = [
            subprocess.Popen(
                [self.process.cmdline()[0], *self.arguments],
                env=environment,
                cwd=folder,
                stdout=subprocess.DEVNULL,
            )
            for _ in range(count)
        ]
        try:
            time.sleep(SETTLE_SECONDS)
            if any(each.poll() is not None for each in started):
                raise LocalError(f"A copy of {self.arguments[-1]} ended while starting.")
            yield
        finally:
            for each in started:
                each.terminate()
            for each in started:
                each.wait(timeout=START_SECONDS)


def running(platform: DeployedPlatform, group: str, process: str) -> Running:
    """Find a process of the group's first instance.

    Raises:
        LocalError: it doesn't start in time.
    """
    return running_everywhere(platform, group, process)[0]


def running_everywhere(platform: DeployedPlatform, group: str, process: str) -> list[Running]:
    """Find a process of each instance of the group.

    Raises:
        LocalError: one isn't there in time.
    """
    retention = process in ("archive", "restore", "thaw")
    arguments = ["-m", "runtime.retention", process] if retention else ["-m", f"runtime.{process}"]
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        found = [
            _first(instance.process.pid, arguments)
            for instance in platform.instances.of_group(group).running
        ]
        if found and None not in found:
            return [each for each in found if each]
        time.sleep(POLL_SECONDS)
    raise LocalError(f"Not every instance of the group {group} runs a process {process}.")


def _first(pid: int, arguments: list[str]) -> Running | None:
    """The first process below `pid` with these arguments: a server's workers may have them too."""
    for child in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # a short one, such as a step of the boot script
            if child.cmdline()[1:] == arguments:
                return Running(child, arguments)
    return None


def sleeping_bytes(like: Running, count: int) -> float:
    """Return the memory of one of `count` sleeping processes, as the original had for each job.

    It is the unique set size, without what they share, such as the code of libraries.
    """
    command = [sys.executable, "-c", SLEEPER]
    sleepers = [
        subprocess.Popen(command, stdout=subprocess.PIPE, env=like.process.environ(), text=True)
        for _ in range(count)
    ]
    try:
        for each in sleepers:
            if each.stdout is None or each.stdout.readline().strip() != "asleep":
                raise LocalError("A sleeping process ended.")
        own = [psutil.Process(each.pid).memory_full_info().uss for each in sleepers]
        return sum(own) / count
    finally:
        for each in sleepers:
            each.kill()
            each.communicate()
