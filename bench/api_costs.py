"""Processor time of a platform's parts, so that a rate can be told apart by what it costs."""

import os
import time
from collections.abc import Mapping
from contextlib import suppress

import psutil

from local.aws.emulator import MODULE
from local.deployed_platform import DeployedPlatform
from local.errors import LocalError

EMULATOR = "emulator"
LOAD_BALANCER = "load balancer and EC2"
CLIENTS = "clients"
FLEETS = ("web", "annotator", "utilities", "removal", "restore")

Costs = Mapping[str, float]
"""Seconds of processor time, by part."""


class Meter:
    """Reads the processor time of a platform's parts."""

    def __init__(self, platform: DeployedPlatform) -> None:
        self._platform = platform

    def read(self) -> Costs:
        """Return the seconds that each part has used since it started.

        Raises:
            LocalError: the emulator isn't there.
        """
        own = psutil.Process()
        emulator = next((each for each in own.children() if MODULE in _command(each)), None)
        if emulator is None:
            raise LocalError("The emulator isn't running.")
        fleets = {
            name: sum(
                processor_seconds(instance.process.pid)
                for instance in self._platform.instances.of_group(name).running
            )
            for name in FLEETS
        }
        this = os.times()
        return {
            EMULATOR: processor_seconds(emulator.pid),
            **{f"instances of {name}": seconds for name, seconds in fleets.items()},
            LOAD_BALANCER: this.user + this.system,
            CLIENTS: this.children_user + this.children_system,  # they have ended, all else runs
        }

    def rate(self, seconds: float) -> Costs:
        """Return each part's seconds of processor time a second, over so many seconds from now."""
        before, began = self.read(), time.monotonic()
        time.sleep(seconds)  # a span of time is what is measured
        passed = time.monotonic() - began
        return {name: used / passed for name, used in difference(before, self.read()).items()}


def difference(before: Costs, after: Costs) -> Costs:
    """Return what was used in between."""
    return {name: after[name] - before[name] for name in after}


def _command(process: psutil.Process) -> list[str]:
    with suppress(psutil.NoSuchProcess):
        return list(process.cmdline())
    return []


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process and all below it, also of those that have ended."""
    total = 0.0
    for each in (found := psutil.Process(pid), *found.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            times = each.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total
