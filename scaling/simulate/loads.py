"""Load over time: how many requests or jobs arrive in each second."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rates = NDArray[np.float64]
"""Arrivals per second, a value for each second."""

DAY_S = 86_400
SPIKE_S = 600
PEAK_HOUR = 15


@dataclass(frozen=True, kw_only=True)
class Load:
    """What arrives: `rates[i]` per second during second i.

    `latency_s` is the measured time of a request or job that arrives in that second; it replaces
    the model of service times. Without `even` arrivals are random, as a Poisson process.
    """

    label: str
    rates: Rates
    even: bool = False
    latency_s: Rates | None = None

    @property
    def duration_s(self) -> int:
        return len(self.rates)


def constant(*, rate: float, duration_s: int) -> Load:
    """Return the same rate throughout."""
    return Load(label=f"constant {rate:g}/s", rates=np.full(duration_s, rate))


def ramp(*, rate: float, duration_s: int) -> Load:
    """Return a rate that grows from 0 to `rate` in a straight line."""
    rates = np.linspace(0, rate, duration_s)
    return Load(label=f"ramp to {rate:g}/s", rates=rates)


def spike(*, rate: float, peak: float, duration_s: int) -> Load:
    """Return a constant rate with ten minutes of `peak` from a third of the way on."""
    rates = np.full(duration_s, rate)
    start = duration_s // 3
    rates[start : start + SPIKE_S] = peak
    return Load(label=f"{rate:g}/s with a spike of {peak:g}/s", rates=rates)


def day(*, rate: float, peak: float, duration_s: int) -> Load:
    """Return a day's curve: `rate` on average, `peak` at 15:00, as far below it at 03:00.

    Second 0 is midnight. Raises ValueError when the peak would make the night negative.
    """
    if not rate <= peak <= 2 * rate:
        raise ValueError(
            f"a day's peak ({peak:g}/s) must be one to two times its mean ({rate:g}/s)"
        )
    hours = (np.arange(duration_s) % DAY_S) / 3600
    swing = (peak - rate) * np.cos((hours - PEAK_HOUR) / 24 * math.tau)
    return Load(label=f"day of {rate:g}/s, peak {peak:g}/s", rates=rate + swing)


@dataclass(frozen=True, kw_only=True)
class LoadTest:
    """One of the original's Locust runs: users arrive one by one, and stay to the end."""

    users: int
    users_per_s: float
    requests_per_s: float
    requests: int

    @property
    def duration_s(self) -> int:
        return round(self.requests / self.requests_per_s)

    def load(self, label: str, *, duration_s: int) -> Load:
        """Return its load, which is 0 after the run."""
        seconds = np.arange(duration_s) + 0.5
        users = np.minimum(self.users, seconds * self.users_per_s)
        rates = users / self.users * self.requests_per_s
        return Load(label=label, rates=np.where(seconds < self.duration_s, rates, 0))


REGISTER_PAGE = LoadTest(users=100, users_per_s=5, requests_per_s=48.7, requests=25_405)
HOME_PAGE = LoadTest(users=200, users_per_s=20, requests_per_s=97.6, requests=29_458)


def rhythm(*, every_s: int, burst: int, pause_s: int, duration_s: int) -> Load:
    """Return the annotator's load test: a job every `every_s`, and a pause after each `burst`."""
    rates = np.zeros(duration_s)
    second = 0
    while second < duration_s:
        for number in range(burst):
            if second + number * every_s < duration_s:
                rates[second + number * every_s] = 1
        second += (burst - 1) * every_s + pause_s
    label = f"a job every {every_s} s, after {burst} a pause of {pause_s} s"
    return Load(label=label, rates=rates, even=True)


def arrivals(load: Load, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the times of all arrivals in s, in order."""
    if load.even:
        return _evenly(load.rates)
    counts = rng.poisson(load.rates)
    seconds = np.repeat(np.arange(load.duration_s, dtype=np.float64), counts)
    return np.sort(seconds + rng.random(len(seconds)))


def _evenly(rates: Rates) -> NDArray[np.float64]:
    """Return times at which the accumulated load passes each half number.

    So a second with rate 1 holds one arrival, in its middle, and n equal seconds of rate r hold
    n x r, to the rounding.
    """
    accumulated = np.concatenate(([0.0], np.cumsum(rates)))
    number = int(accumulated[-1] + 0.5 + 1e-9)
    wanted = np.arange(number) + 0.5
    seconds = np.arange(len(accumulated), dtype=np.float64)
    return np.asarray(np.interp(wanted, accumulated, seconds), dtype=np.float64)
