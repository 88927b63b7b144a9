"""Auto Scaling: one group's instances, launched, replaced and terminated to match its capacity."""

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from local.aws.ec2.auto_scaling_groups import Capacity, Group
from local.aws.ec2.instance import Instance, InstanceState

log = logging.getLogger(__name__)

YOUNG_SECONDS = 60.0
"""An instance that ends younger than this ended while booting, or soon after."""

MAX_BACKOFF_SECONDS = 30.0


class Launcher(Protocol):
    """Makes instances, and clears away what they had."""

    def launch(self, group: Group) -> Instance:
        """Launch one."""
        ...

    def forget(self, instance: Instance) -> None:
        """It has ended."""
        ...


@dataclass
class Trouble:
    """Instances that ended young, one after the other."""

    deaths: int = 0
    not_before: float = 0.0
    """On the monotonic clock: when the next instance may be launched."""
    reason: str = ""


class Fleet:
    """The instances of one group.

    Args:
        group: the group.
        launcher: makes its instances.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        group: Group,
        launcher: Launcher,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.group = group
        self.instances: list[Instance] = []
        self.trouble = Trouble()
        self._launcher = launcher
        self._clock = clock

    @property
    def running(self) -> list[Instance]:
        """The instances that are neither ended nor ending."""
        return [i for i in self.instances if i.state is InstanceState.RUNNING]

    def reconcile(self, capacity: Capacity, unhealthy: Collection[str]) -> None:
        """Terminate unhealthy instances and the oldest of what is too many; launch what is missing.

        Args:
            capacity: what the group should have.
            unhealthy: ids of the instances that the load balancer finds unhealthy.
        """
        desired = capacity.instances
        self._bury()
        if capacity.health.by_load_balancer:
            self._terminate_unhealthy(unhealthy, capacity.health.grace_seconds)
        running = self.running
        for instance in running[: max(0, len(running) - desired)]:
            log.info("%s %s: terminated, one too many", self.group.label, instance.id)
            instance.terminate()
        for _ in range(desired - len(running)):
            if self._clock() < self.trouble.not_before:
                return
            instance = self._launcher.launch(self.group)
            self.instances.append(instance)
            log.info("%s %s: launched on port %d", self.group.label, instance.id, instance.port)

    def terminate_all(self, grace_seconds: float) -> None:
        """Ask every instance to end, then wait for all of them, `grace_seconds` at the most."""
        deadline = self._clock() + grace_seconds
        for instance in self.instances:
            instance.terminate()
        for instance in self.instances:
            instance.wait_terminated(max(0.0, deadline - self._clock()))
            self._launcher.forget(instance)
        self.instances.clear()

    def _terminate_unhealthy(self, unhealthy: Collection[str], grace_seconds: float) -> None:
        for instance in self.running:
            if instance.id in unhealthy and instance.age_seconds > grace_seconds:
                log.warning("%s %s: terminated, unhealthy", self.group.label, instance.id)
                instance.terminate()

    def _bury(self) -> None:
        """Forget instances that have ended; note those that ended unasked."""
        ended = [i for i in self.instances if i.state is InstanceState.TERMINATED]
        for instance in ended:
            self.instances.remove(instance)
            self._launcher.forget(instance)
            if not instance.was_asked_to_end:
                self._note_death(instance)

    def _note_death(self, instance: Instance) -> None:
        age, code = instance.age_seconds, instance.process.exit_code
        reason = f"{instance.id} ended after {age:.1f} s with exit code {code}; see {instance.log}"
        log.warning("%s %s", self.group.label, reason)
        deaths = self.trouble.deaths + 1 if age < YOUNG_SECONDS else 0
        # The first replacement comes at once; what ends young again and again waits longer and
        # longer, so that a broken boot doesn't keep both cores busy.
        delay = min(MAX_BACKOFF_SECONDS, 2.0 ** (deaths - 1)) if deaths > 1 else 0.0
        self.trouble = Trouble(deaths, self._clock() + delay, reason)
