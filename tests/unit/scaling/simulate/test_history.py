"""The simulator against what the original's web group did on 2017-06-06."""

import json
from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest

from scaling.policies import WARMUP_S, WEB_ORIGINAL
from scaling.rules import FleetName
from scaling.simulate import figures
from scaling.simulate.loads import Load
from scaling.simulate.model import MODELS
from scaling.simulate.simulation import simulate
from tests.shared_data import shared_data

TOLERANCE_S = 20
RATE = 48.7


def seconds(clock: str) -> float:
    return (datetime.fromisoformat(f"2017-06-06T{clock}") - datetime(2017, 6, 6)).total_seconds()  # noqa: DTZ001


def real_gaps() -> list[float]:
    history = json.loads((shared_data() / "scaling-history.json").read_text())
    return gaps([seconds(launch["start"]) for launch in history["launches"]])


def gaps(times: list[float]) -> list[float]:
    return [after - before for before, after in pairwise(times)]


def launches(load: Load, *, launch_s: float = 32) -> list[float]:
    scale_out = WEB_ORIGINAL.policies[0]
    rules = type(WEB_ORIGINAL)(
        name="2017", fleet=FleetName.WEB, policies=(scale_out,), when="then."
    )
    model = type(MODELS[FleetName.WEB])(
        service_s=0.019, slots=2, launch_s=launch_s, drain_s=30, instance_type="t3.small"
    )
    return [float(one.time_s) for one in simulate(rules, load, model).activities]


def steady(duration_s: int) -> Load:
    return Load(label="2017", rates=np.full(duration_s, RATE), even=True)


def test_should_launch_as_the_original_did_when_the_load_is_the_same() -> None:
    simulated = gaps([float(one.time_s) for one in figures.history().activities])
    assert simulated[:2] == pytest.approx(real_gaps()[:2], abs=TOLERANCE_S)


def test_should_take_a_minute_longer_when_the_load_paused() -> None:
    """25,405 requests at 48.7 a second are 522 s of load; the launches span 60 + 612 s and more.

    With a pause that makes up the difference three minutes have no datapoint, one invocation is
    lost, and the load ends after the fourth launch.
    """
    before, pause, after = 400, 210, 122
    rates = np.concatenate([np.full(before, RATE), np.zeros(pause), np.full(after, RATE)])
    times = launches(Load(label="paused", rates=rates, even=True))
    assert (before + after) * RATE == pytest.approx(25_405, rel=0.01)
    assert len(times) == 4
    assert times[-1] < before + pause + after
    assert gaps(times) == pytest.approx(real_gaps(), abs=TOLERANCE_S)


def test_should_take_a_minute_longer_when_a_launch_takes_as_long_as_the_fourth() -> None:
    """The fourth instance was in service, warm-up included, after 183 s instead of 152."""
    times = launches(steady(900), launch_s=183 - WARMUP_S)
    assert gaps(times)[0] == pytest.approx(real_gaps()[2], abs=TOLERANCE_S)
