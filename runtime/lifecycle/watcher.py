"""Watches for the end of this instance: drains its processes, then tells its group."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError

from runtime.common import systemd
from runtime.common.group import NotInGroupError
from runtime.common.instance import Metadata, MetadataError
from runtime.common.log import get_logger

TARGET_STATE = "autoscaling/target-lifecycle-state"
"""https://docs.aws.amazon.com/autoscaling/ec2/userguide/retrieving-target-lifecycle-state-through-imds.html"""

INTERRUPTION = "spot/instance-action"
"""Present two minutes before EC2 interrupts a Spot instance. A rebalance recommendation is left to
the group: it launches another instance first, and then terminates this one through its hook.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html"""

POLL_SECONDS = 5.0
"""https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
recommends checking every five seconds."""

log = get_logger(__name__)


@dataclass
class Watcher:
    """Polls the instance's metadata until the group was told that it may terminate the instance.

    Args:
        metadata: of this instance.
        drain: stops the processes, and returns whether all of them ended without an error.
        complete: tells the group that it may terminate this instance; whether it drained.
        poll_seconds: between two checks.
    """

    metadata: Metadata
    drain: Callable[[], bool]
    complete: Callable[[bool], None]
    poll_seconds: float = POLL_SECONDS
    stop: threading.Event = field(default_factory=threading.Event)
    _drained: bool | None = None

    def run(self) -> None:
        """Watch until the group has been told, or `stop` is set."""
        systemd.ready()
        while not self.stop.is_set():
            try:
                if self._check():
                    return
            except (MetadataError, NotInGroupError, ClientError, BotoCoreError):
                log.exception("the end of this instance couldn't be handled, trying again")
            systemd.alive()
            self.stop.wait(self.poll_seconds)

    def _check(self) -> bool:
        """Do what the metadata ask for; return whether everything is done."""
        if self.metadata.get(TARGET_STATE) == "Terminated":
            self._drain("the group terminates this instance")
            self.complete(bool(self._drained))
            log.info("the group may terminate this instance", drained=self._drained)
            return True
        if self._drained is None and self.metadata.get(INTERRUPTION) is not None:
            self._drain("EC2 interrupts this Spot instance")
        return False

    def _drain(self, reason: str) -> None:
        if self._drained is None:
            log.info("draining", reason=reason)
            self._drained = self.drain()
            log.info("drained", without_errors=self._drained)
