"""The process that watches for the end of its instance; gas-lifecycle.service runs it as root."""

import subprocess

from runtime.common import aws
from runtime.common.group import InstanceInGroup
from runtime.common.instance import Metadata
from runtime.common.process import start
from runtime.common.stop_signals import StopSignals
from runtime.contract.processes import LifecycleConfig
from runtime.lifecycle.watcher import Watcher

UNITS = "gas@*.service"
"""Every process of this instance; systemd matches the pattern against the running units."""

STOP_SECONDS = 60
"""Longer than the unit's TimeoutStopSec, after which systemd kills what hasn't ended."""


def main() -> None:
    """Run until the group has been told, or SIGTERM."""
    config = start(LifecycleConfig)
    metadata = Metadata()
    instance = InstanceInGroup(aws.client("autoscaling"), metadata)
    watcher = Watcher(
        metadata=metadata,
        drain=stop_units,
        complete=lambda drained: instance.complete_termination(
            config.lifecycle_hook, drained=drained
        ),
    )
    StopSignals().take(watcher.stop.set)
    watcher.run()


def stop_units() -> bool:
    """Stop the processes, which drain on SIGTERM; return whether all ended without an error."""
    subprocess.run(["/usr/bin/systemctl", "stop", UNITS], timeout=STOP_SECONDS, check=False)
    failed = subprocess.run(
        ["/usr/bin/systemctl", "list-units", "--quiet", "--plain", "--state=failed", UNITS],
        capture_output=True,
        text=True,
        check=True,
    )
    return not failed.stdout.strip()


if __name__ == "__main__":
    main()
