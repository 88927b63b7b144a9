"""The instances of a simulated group: when each was launched, in service, and terminated."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

MINIMUM_BILLED_S = 60
"""https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html"""


@dataclass(slots=True, kw_only=True)
class SimulatedInstance:
    """Times in s: launched, in service, warmed up, asked to terminate, and terminated."""

    launched_s: float
    in_service_s: float
    warm_s: float
    leaves_s: float = math.inf
    gone_s: float = math.inf

    def billed_s(self, end_s: float) -> float:
        """Return the time that is billed, up to the end of the simulation."""
        return max(MINIMUM_BILLED_S, min(self.gone_s, end_s) - self.launched_s)


@dataclass(kw_only=True)
class SimulatedInstances:
    """All instances that a group ever had."""

    launch_s: float
    drain_s: float
    all: list[SimulatedInstance] = field(default_factory=list)

    def start(self, number: int) -> None:
        """Add instances that are in service and warm from the start."""
        for _ in range(number):
            self.all.append(SimulatedInstance(launched_s=0, in_service_s=0, warm_s=0))

    def launch(self, number: int, *, now_s: float, warmup_s: float) -> None:
        """Launch instances; their warm-up begins when they are in service."""
        ready = now_s + self.launch_s
        for _ in range(number):
            self.all.append(
                SimulatedInstance(launched_s=now_s, in_service_s=ready, warm_s=ready + warmup_s)
            )

    def terminate(self, number: int, *, now_s: float) -> int:
        """Terminate the oldest; return how many of them were in service."""
        going = sorted(self._present(now_s), key=lambda one: one.launched_s)[:number]
        for one in going:
            one.leaves_s, one.gone_s = now_s, now_s + self.drain_s
        return sum(one.in_service_s <= now_s for one in going)

    def in_service(self, now_s: float) -> int:
        return sum(one.in_service_s <= now_s for one in self._present(now_s))

    def warming(self, now_s: float) -> int:
        return sum(one.warm_s > now_s for one in self._present(now_s))

    def terminating(self, now_s: float) -> int:
        return sum(one.leaves_s <= now_s < one.gone_s for one in self.all)

    def entering(self, after_s: float, until_s: float) -> list[float]:
        """Return when instances come into service, in order, with `until_s` included."""
        times = (one.in_service_s for one in self.all if one.leaves_s > one.in_service_s)
        return sorted(time for time in times if after_s < time <= until_s)

    def billed_hours(self, end_s: float) -> float:
        return sum(one.billed_s(end_s) for one in self.all) / 3600

    def _present(self, now_s: float) -> Iterable[SimulatedInstance]:
        return (one for one in self.all if one.leaves_s > now_s)
