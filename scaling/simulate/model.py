"""The model of a fleet: everything a simulation needs apart from load and scaling rules."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from scaling.policies import LIMITS
from scaling.rules import FleetName


class ServiceShape(StrEnum):
    """The distribution of service times."""

    EXPONENTIAL = "exponential"
    CONSTANT = "constant"


@dataclass(frozen=True, kw_only=True)
class Model:
    """Times in s. `slots` is how many requests or jobs an instance works on at once."""

    service_s: float
    slots: int
    launch_s: float
    drain_s: float
    instance_type: str
    shape: ServiceShape = ServiceShape.EXPONENTIAL
    minimum: int = LIMITS.minimum
    maximum: int = LIMITS.maximum
    initial: int = LIMITS.desired

    def services(self, number: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Return service times."""
        if self.shape is ServiceShape.CONSTANT:
            return np.full(number, self.service_s)
        return rng.exponential(self.service_s, number)


MODELS = {
    FleetName.WEB: Model(
        service_s=0.006,  # the original's fastest response over the network took 7 ms
        slots=2,  # a worker process for each of the two processors
        launch_s=32,  # the original's instances, to the second
        drain_s=30,  # the target group's deregistration delay
        instance_type="t3.small",
    ),
    FleetName.ANNOTATOR: Model(
        service_s=6,  # a file of some hundred thousand variants
        slots=1,
        launch_s=32,
        drain_s=30,
        instance_type="t3.medium",
    ),
}
"""The fleets as stages/dev.toml sizes them."""
