"""The panels of a load test's picture, each with one quantity over the same time axis."""

import math
from collections.abc import Sequence
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from loadtest.history import Alarm, History
from loadtest.locust_files import PERCENTILES, Point
from scaling.alarms import AlarmState
from scaling.simulate.chart_panels import (
    BLUE,
    GREEN,
    GREY,
    PERCENTILE_COLOURS,
    RED,
    STATE_COLOURS,
    STRIP_HEIGHT,
    label,
    legend,
    name_strips,
)

STRIP_IN = 0.32


def draw_requests(axis: Axes, points: Sequence[Point], start: float) -> None:
    """Draw requests and failures per second, and the number of users."""
    times = [point.time - start for point in points]
    rates = [point.requests_per_s for point in points]
    axis.fill_between(times, rates, color=BLUE, alpha=0.18, lw=0)
    axis.plot(times, rates, color=BLUE, lw=1.2, label="requests/s")
    failures = [point.failures_per_s for point in points]
    axis.plot(times, failures, color=RED, lw=1.2, label="failures/s")
    axis.plot(times, [point.users for point in points], color=GREY, lw=1, ls="--", label="users")
    axis.set_ylim(bottom=0)
    label(axis, "load")
    legend(axis)


def draw_response_times(axis: Axes, points: Sequence[Point], start: float) -> None:
    """Draw the percentiles of response times."""
    times = [point.time - start for point in points]
    for number, (name, colour) in enumerate(zip(PERCENTILES, PERCENTILE_COLOURS, strict=True)):
        # Locust writes 0 when there was no request.
        values = [point.percentiles_ms[number] or math.nan for point in points]
        axis.plot(times, values, color=colour, lw=1.2, label=f"p{name.removesuffix('%')}")
    axis.set_yscale("log")
    axis.set_ylim(bottom=1)
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    label(axis, "response time\n(ms)")
    legend(axis)


def draw_capacity(axis: Axes, history: History, fleet: str, start: float) -> None:
    """Draw a fleet's desired and running instances."""
    seen = [
        (snapshot.time - start, group.desired, group.running)
        for snapshot in history.snapshots
        for group in snapshot.groups
        if group.name == fleet
    ]
    times, desired, running = zip(*seen, strict=True) if seen else ((), (), ())
    axis.step(times, desired, where="post", color=GREEN, lw=1.8, label="desired")
    axis.step(times, running, where="post", color=GREY, lw=1, label="running")
    axis.set_ylim(0, max([*desired, *running, 2]) + 1)
    axis.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10], integer=True))
    label(axis, f"{fleet}\ninstances")
    legend(axis)


def strips_height(alarms: Sequence[Alarm]) -> float:
    """Return the height of the alarms' strips in inches."""
    return STRIP_IN * max(len(alarms), 1) + 0.25


def draw_alarms(axis: Axes, history: History, alarms: Sequence[Alarm], start: float) -> None:
    """Draw a strip for each alarm, coloured by its state, with name and condition above it."""
    for row, alarm in enumerate(reversed(alarms)):
        for state, spans in _spans(history, alarm, start).items():
            axis.broken_barh(spans, (row, STRIP_HEIGHT), color=STATE_COLOURS[state], lw=0)
    name_strips(axis, [f"{alarm.title}: {alarm.condition}" for alarm in alarms])


def _spans(
    history: History, alarm: Alarm, start: float
) -> dict[AlarmState, list[tuple[float, float]]]:
    """Return the periods in which an alarm was in each state, as (start, length)."""
    seen = [
        (snapshot.time - start, AlarmState(each.state))
        for snapshot in history.snapshots
        for each in snapshot.alarms
        if (each.group, each.title) == (alarm.group, alarm.title)
    ]
    changes = [seen[0], *(after for before, after in pairwise(seen) if after[1] != before[1])]
    spans: dict[AlarmState, list[tuple[float, float]]] = {}
    for (begin, state), (end, _) in pairwise([*changes, seen[-1]]):
        spans.setdefault(state, []).append((begin, end - begin))
    return spans
