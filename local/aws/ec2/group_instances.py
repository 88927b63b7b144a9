"""Auto Scaling: one group's instances, launched, replaced and terminated to match its capacity."""

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from local.aws.ec2.auto_scaling_groups import AutoScalingGroup, Capacity
from local.aws.ec2.instance import Instance, InstanceState

log = logging.getLogger(__name__)

EARLY_END_SECONDS = 60.0
"""An instance that ends by itself within this time after its launch can't boot, most likely."""

MAX_BACKOFF_SECONDS = 30.0


@dataclass(frozen=True)
class EarlyEnds:
    """How many instances in a row ended by themselves soon after their launch.

    `not_before`, on the monotonic clock, is when the next instance may be launched; `reason`
    describes the last of these ends.
    """

    count: int = 0
    not_before: float = 0.0
    reason: str = ""


class GroupInstances:
    """The instances of one group.

    Args:
        group: the group.
        launch: launches one instance of a group.
        clean_up: called with each instance that has ended.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        group: AutoScalingGroup,
        launch: Callable[[AutoScalingGroup], Instance],
        clean_up: Callable[[Instance], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.group = group
        self.instances: list[Instance] = []
        self.early_ends = EarlyEnds()
        self._launch = launch
        self._clean_up = clean_up
        self._clock = clock

    @property
    def running(self) -> list[Instance]:
        """The instances that have neither ended nor been asked to."""
        return [i for i in self.instances if i.state is InstanceState.RUNNING]

    def reconcile(self, capacity: Capacity, unhealthy: Collection[str]) -> None:
        """Terminate unhealthy instances and the oldest surplus ones; launch the missing ones.

        Args:
            capacity: what the group should have.
            unhealthy: ids of the instances that the load balancer finds unhealthy.
        """
        desired = capacity.instances
        self._remove_ended()
        if capacity.health.by_load_balancer:
            self._terminate_unhealthy(unhealthy, capacity.health.grace_seconds)
        running = self.running
        for instance in running[: max(0, len(running) - desired)]:
            log.info("%s %s: terminated, surplus", self.group.label, instance.id)
            instance.terminate()
        for _ in range(desired - len(running)):
            if self._clock() < self.early_ends.not_before:
                return
            instance = self._launch(self.group)
            self.instances.append(instance)
            log.info("%s %s: launched on port %d", self.group.label, instance.id, instance.port)

    def terminate_all(self, grace_seconds: float) -> None:
        """Ask every instance to end, then wait at most `grace_seconds` for all of them."""
        deadline = self._clock() + grace_seconds
        for instance in self.instances:
            instance.terminate()
        for instance in self.instances:
            instance.wait_terminated(max(0.0, deadline - self._clock()))
            self._clean_up(instance)
        self.instances.clear()

    def _terminate_unhealthy(self, unhealthy: Collection[str], grace_seconds: float) -> None:
        for instance in self.running:
            if instance.id in unhealthy and instance.age_seconds > grace_seconds:
                log.warning("%s %s: terminated, unhealthy", self.group.label, instance.id)
                instance.terminate()

    def _remove_ended(self) -> None:
        """Remove instances that have ended; count those that ended by themselves."""
        ended = [i for i in self.instances if i.state is InstanceState.TERMINATED]
        for instance in ended:
            self.instances.remove(instance)
            self._clean_up(instance)
            if not instance.was_asked_to_end:
                self._count_end(instance)

    def _count_end(self, instance: Instance) -> None:
        age, code = instance.age_seconds, instance.process.exit_code
        reason = f"{instance.id} ended after {age:.1f} s with exit code {code}; see {instance.log}"
        log.warning("%s %s", self.group.label, reason)
        count = self.early_ends.count + 1 if age < EARLY_END_SECONDS else 0
        # The first replacement comes at once. After that the wait grows, so that instances that
        # can't boot don't keep both cores busy.
        delay = min(MAX_BACKOFF_SECONDS, 2.0 ** (count - 1)) if count > 1 else 0.0
        self.early_ends = EarlyEnds(count, self._clock() + delay, reason)
