"""How many arrive, and when."""

import numpy as np
import pytest

from scaling.rules import FleetName
from scaling.simulate import loads
from scaling.simulate.load_shapes import LoadRequest, Shape, load_of
from scaling.simulate.loads import Load, arrivals


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_should_hold_the_rate_when_arrivals_come_at_random() -> None:
    times = arrivals(loads.constant(rate=50, duration_s=3600), rng())
    gaps = np.diff(times)
    assert len(times) == pytest.approx(180_000, rel=0.01)
    assert np.all(gaps >= 0)
    assert gaps.std() == pytest.approx(gaps.mean(), rel=0.01)  # exponential


@pytest.mark.parametrize("rate", [0.1, 1, 3.3, 48.7])
def test_should_have_as_many_each_minute_as_the_rate_says_when_spaced_evenly(rate: float) -> None:
    times = arrivals(Load(label="even", rates=np.full(600, rate), even=True), rng())
    counts = np.histogram(times, bins=10, range=(0, 600))[0]
    assert np.abs(counts - rate * 60).max() <= 1
    assert counts.sum() == round(rate * 600)


def test_should_peak_in_the_afternoon_when_the_load_is_a_day() -> None:
    rates = loads.day(rate=10, peak=18, duration_s=86_400).rates
    assert rates.mean() == pytest.approx(10)
    assert rates.argmax() == 15 * 3600
    assert rates.max() == 18
    assert rates.min() == pytest.approx(2)


@pytest.mark.parametrize("peak", [9, 21])
def test_should_be_refused_when_a_days_peak_contradicts_its_mean(peak: float) -> None:
    with pytest.raises(ValueError, match="one to two times its mean"):
        loads.day(rate=10, peak=peak, duration_s=86_400)


def test_should_last_ten_minutes_when_the_load_has_a_spike() -> None:
    rates = loads.spike(rate=1, peak=9, duration_s=3600).rates
    assert (rates[1199], rates[1200], rates[1799], rates[1800]) == (1, 9, 9, 1)


@pytest.mark.parametrize(
    ("test", "requests"), [(loads.REGISTER_PAGE, 25_405), (loads.HOME_PAGE, 29_458)]
)
def test_should_make_the_originals_requests_when_a_load_test_runs(
    test: loads.LoadTest, requests: int
) -> None:
    rates = test.load("test", duration_s=3600).rates
    assert rates.sum() == pytest.approx(requests, rel=0.03)  # users join within 10 to 20 s
    assert rates[-1] == 0


def test_should_pause_after_ten_jobs_when_the_load_is_the_rhythm() -> None:
    load = loads.rhythm(every_s=25, burst=10, pause_s=120, duration_s=700)
    seconds = np.flatnonzero(load.rates).tolist()
    burst = [25 * number for number in range(10)]
    assert seconds[:20] == [*burst, *(345 + second for second in burst)]
    assert np.floor(arrivals(load, rng())).astype(int).tolist() == seconds


@pytest.mark.parametrize(
    ("fleet", "shape"), [(FleetName.WEB, "rhythm"), (FleetName.ANNOTATOR, "home")]
)
def test_should_be_refused_when_a_load_test_is_the_other_fleets(
    fleet: FleetName, shape: str
) -> None:
    with pytest.raises(ValueError, match="is a load test of the"):
        load_of(fleet, LoadRequest(shape=Shape(shape)))


@pytest.mark.parametrize("shape", [one for one in Shape if one is not Shape.RHYTHM])
def test_should_last_as_long_as_asked_when_a_shape_is_named(shape: Shape) -> None:
    assert load_of(FleetName.WEB, LoadRequest(shape=shape, duration_s=7200)).duration_s == 7200
