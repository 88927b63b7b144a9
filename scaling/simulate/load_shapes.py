"""The loads that the command line offers by name."""

from dataclasses import dataclass
from enum import StrEnum

from scaling.rules import FleetName
from scaling.simulate import loads
from scaling.simulate.loads import Load


class Shape(StrEnum):
    """How a load runs over time."""

    CONSTANT = "constant"
    RAMP = "ramp"
    SPIKE = "spike"
    DAY = "day"
    REGISTER = "register"
    HOME = "home"
    RHYTHM = "rhythm"


LOAD_TESTS = {Shape.REGISTER: loads.REGISTER_PAGE, Shape.HOME: loads.HOME_PAGE}
OWNERS = {
    Shape.REGISTER: FleetName.WEB,
    Shape.HOME: FleetName.WEB,
    Shape.RHYTHM: FleetName.ANNOTATOR,
}
DEFAULT_PEAK = {Shape.DAY: 1.8, Shape.SPIKE: 10}
"""The peak as a multiple of the rate."""

DEFAULT_RATE = {FleetName.WEB: 20.0, FleetName.ANNOTATOR: 0.5}
DEFAULT_DURATION_S = {Shape.DAY: 86_400, Shape.SPIKE: 7200, Shape.RHYTHM: 7200}
HOUR_S = 3600


@dataclass(frozen=True, kw_only=True)
class LoadRequest:
    """A load as the command line asks for it; None means the shape's default.

    Rates are per second, times in s.
    """

    shape: Shape
    rate: float | None = None
    peak: float | None = None
    duration_s: int | None = None
    every_s: int = 25
    burst: int = 10
    pause_s: int = 120


def load_of(fleet: FleetName, wanted: LoadRequest) -> Load:
    """Return the load; raise ValueError when the shape is for another fleet."""
    owner = OWNERS.get(wanted.shape, fleet)
    if owner is not fleet:
        raise ValueError(f"load '{wanted.shape}' is a load test of the {owner} fleet")
    duration_s = wanted.duration_s or DEFAULT_DURATION_S.get(wanted.shape, HOUR_S)
    if wanted.shape in LOAD_TESTS:
        return LOAD_TESTS[wanted.shape].load(f"{wanted.shape} page test", duration_s=duration_s)
    if wanted.shape is Shape.RHYTHM:
        return loads.rhythm(
            every_s=wanted.every_s,
            burst=wanted.burst,
            pause_s=wanted.pause_s,
            duration_s=duration_s,
        )
    rate = DEFAULT_RATE[fleet] if wanted.rate is None else wanted.rate
    if wanted.shape is Shape.CONSTANT:
        return loads.constant(rate=rate, duration_s=duration_s)
    if wanted.shape is Shape.RAMP:
        return loads.ramp(rate=rate, duration_s=duration_s)
    peak = rate * DEFAULT_PEAK[wanted.shape] if wanted.peak is None else wanted.peak
    curve = loads.spike if wanted.shape is Shape.SPIKE else loads.day
    return curve(rate=rate, peak=peak, duration_s=duration_s)
