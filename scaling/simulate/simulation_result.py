"""The result of a simulation."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from scaling.alarms import AlarmState
from scaling.rules import Alarm, FleetName, Preset
from scaling.simulate.loads import Load
from scaling.simulate.model import Model

PERCENTILES = (50, 95, 99)
FLAP_S = 900
"""Two changes in opposite directions within this time undo each other: a flap."""


@dataclass(frozen=True, kw_only=True)
class SimulatedActivity:
    """A change of a group's desired capacity, as in the group's activity history."""

    time_s: int
    capacity_from: int
    capacity_to: int
    cause: str

    @property
    def is_out(self) -> bool:
        return self.capacity_to > self.capacity_from


@dataclass(frozen=True, kw_only=True)
class AlarmTrack:
    """An alarm's newest datapoint and its state at each evaluation."""

    alarm: Alarm
    values: list[float | None]
    states: list[AlarmState]


@dataclass(frozen=True, kw_only=True)
class Delays:
    """Percentiles in s: of response times for web, of waits in the queue for the annotator.

    `overall` has a value for each percentile. `by_minute` (percentiles x minutes) has the values
    of the jobs that arrived in each minute, NaN where none did.
    """

    overall: NDArray[np.float64]
    by_minute: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class SimulationResult:
    """The values of each minute (`ends_s` is when it ends), and totals."""

    preset: Preset
    load: Load
    model: Model
    seed: int
    ends_s: list[int]
    arrivals: list[int]
    desired: list[int]
    in_service: list[int]
    waiting: list[int]
    tracks: list[AlarmTrack]
    delays: Delays
    activities: list[SimulatedActivity]
    served: int
    unserved: int
    instance_hours: float
    cost_usd: float

    @property
    def fleet(self) -> FleetName:
        return self.preset.fleet

    @property
    def flaps(self) -> int:
        """Count changes that undo the one before them within FLAP_S."""
        return sum(
            before.is_out != after.is_out and after.time_s - before.time_s <= FLAP_S
            for before, after in pairwise(self.activities)
        )


def delays(arrivals: NDArray[np.float64], taken: NDArray[np.float64], *, minutes: int) -> Delays:
    """Return the percentiles of `taken` (s, NaN for the unserved), by minute of arrival (s)."""
    by_minute = np.full((len(PERCENTILES), minutes), np.nan)
    edges = np.searchsorted(arrivals, np.arange(minutes + 1) * 60)
    for minute, (first, end) in enumerate(pairwise(edges.tolist())):
        by_minute[:, minute] = _percentiles(taken[first:end])
    return Delays(overall=_percentiles(taken), by_minute=by_minute)


def _percentiles(taken: NDArray[np.float64]) -> NDArray[np.float64]:
    served = taken[~np.isnan(taken)]
    if not len(served):
        return np.full(len(PERCENTILES), np.nan)
    return np.asarray(np.percentile(served, PERCENTILES), dtype=np.float64)
