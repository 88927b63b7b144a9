"""The panels of a chart: each shows one quantity over time."""

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from scaling.alarms import AlarmState
from scaling.rules import Alarm, FleetName
from scaling.simulate.json_output import delay_name
from scaling.simulate.simulation_result import PERCENTILES, AlarmTrack, SimulationResult

BLUE, GREY, RED, GREEN, INK = "#1f5fa8", "#8b95a1", "#c8372d", "#2f8553", "#30363d"
PERCENTILE_COLOURS = ("#9cc4ee", "#2f77c4", "#12355b")
PRESET_COLOURS = ("#c8372d", "#1f5fa8", "#2f8553", "#8a5cb8")
STATE_COLOURS = {
    AlarmState.OK: "#cfe6d6",
    AlarmState.ALARM: RED,
    AlarmState.INSUFFICIENT_DATA: "#dfe2e6",
}
LONG_S = 3 * 3600
STRIP_HEIGHT = 0.5
"""Height of the strip of an alarm; strip and name together have a height of 1."""

COARSE_MIN = 10
"""Minutes that are averaged into one point when a chart shows hours."""


class TimeAxis:
    """The time axis of a result: minutes, or hours with coarser points when it's long."""

    def __init__(self, result: SimulationResult) -> None:
        long = result.load.duration_s > LONG_S
        self.unit = "hours" if long else "minutes"
        self._unit_s = 3600 if long else 60
        self._step = COARSE_MIN if long else 1
        self.ends = np.array([0, *result.ends_s]) / self._unit_s
        self.points = self.ends[self._step :: self._step]

    def means(self, values: Sequence[float]) -> list[float]:
        """Return a mean for each point, without the NaN values; NaN where there are no others."""
        kept = np.asarray(values, dtype=np.float64)[: len(self.points) * self._step]
        blocks = kept.reshape(-1, self._step)
        known = ~np.isnan(blocks)
        totals = np.where(known, blocks, 0).sum(axis=1)
        counts = known.sum(axis=1)
        return [
            float(total / count) if count else float("nan")
            for total, count in zip(totals, counts, strict=True)
        ]


def label(axis: Axes, text: str) -> None:
    axis.set_ylabel(text, fontsize=8, color=INK)


def legend(axis: Axes, handles: Sequence[Artist] | None = None) -> None:
    """Put a legend above the axis, where it covers nothing."""
    drawn = axis.get_legend_handles_labels()[0] if handles is None else handles
    axis.legend(
        handles=drawn,
        loc="lower right",
        bbox_to_anchor=(1.005, 0.96),
        ncols=4,
        fontsize=7,
        frameon=False,
        columnspacing=1.2,
    )


def draw_load(axis: Axes, time_axis: TimeAxis, result: SimulationResult) -> None:
    """Draw arrivals: requests a second, or jobs a minute."""
    web = result.fleet is FleetName.WEB
    rates = time_axis.means([number / (60 if web else 1) for number in result.arrivals])
    times = [0, *time_axis.points]
    axis.fill_between(times, [rates[0], *rates], step="pre", color=BLUE, alpha=0.18, lw=0)
    axis.step(times, [rates[0], *rates], where="pre", color=BLUE, lw=1)
    axis.set_ylim(0, max([*rates, 0.1]) * 1.12)
    label(axis, "requests\na second" if web else "jobs\na minute")


def draw_metric(axis: Axes, time_axis: TimeAxis, tracks: Sequence[AlarmTrack]) -> None:
    """Draw a metric with the period of each of its alarms, and the thresholds."""
    periods = sorted({track.alarm.period_s for track in tracks})
    for period, colour in zip(periods, (BLUE, GREY), strict=False):
        track = next(one for one in tracks if one.alarm.period_s == period)
        values = [np.nan if value is None else value for value in track.values]
        axis.plot(
            time_axis.points, time_axis.means(values), color=colour, lw=1.2, label=f"{period} s"
        )
    if len(periods) > 1:
        legend(axis)
    _fit(axis, [track.alarm.threshold for track in tracks])
    for track in tracks:
        _threshold(axis, track.alarm)
    axis.set_title(str(tracks[0].alarm.metric), loc="left", fontsize=8, color=INK)
    label(axis, "metric")


def _fit(axis: Axes, thresholds: Sequence[float]) -> None:
    """Make room for the thresholds, on a logarithmic scale when they lie far apart."""
    high = axis.get_ylim()[1]
    if max(thresholds) > 20 * min(thresholds):
        axis.set_yscale("log")
        lowest = axis.dataLim.minposy if axis.dataLim.height > 0 else min(thresholds)
        axis.set_ylim(min(lowest, *thresholds) / 3, max(high, *thresholds) * 3)
        _plain_numbers(axis)
    else:
        axis.set_ylim(0, max(high, max(thresholds) * 1.3))


def _threshold(axis: Axes, alarm: Alarm) -> None:
    axis.axhline(alarm.threshold, color=RED, lw=1, ls="--")
    axis.annotate(
        f"{alarm.comparison.symbol} {alarm.threshold:g}",
        (1, alarm.threshold),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        xytext=(3, -3),
        fontsize=7,
        color=RED,
        annotation_clip=False,
    )


def draw_states(axis: Axes, time_axis: TimeAxis, tracks: Sequence[AlarmTrack]) -> None:
    """Draw a strip for each alarm, coloured by its state, with its name above it."""
    width = time_axis.ends[1] - time_axis.ends[0]
    for row, track in enumerate(reversed(tracks)):
        for state, colour in STATE_COLOURS.items():
            spans = [
                (end, width)
                for end, found in zip(time_axis.ends[1:], track.states, strict=True)
                if found is state
            ]
            axis.broken_barh(spans, (row, STRIP_HEIGHT), color=colour, lw=0)
    name_strips(axis, [track.alarm.name.replace("TargetTracking-", "") for track in tracks])


def name_strips(axis: Axes, names: Sequence[str]) -> None:
    """Write its name above each alarm's strip, the first one on top, and what the colours mean."""
    for row, name in enumerate(reversed(names)):
        axis.annotate(
            name,
            (0, row + STRIP_HEIGHT + 0.06),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            xytext=(3, 0),
            fontsize=7,
            color=INK,
        )
    axis.set_yticks([])
    axis.set_ylim(-0.1, max(len(names), 1))
    axis.grid(visible=False)
    legend(axis, [Patch(color=colour, label=state) for state, colour in STATE_COLOURS.items()])
    label(axis, "alarms")


def draw_capacity(
    axis: Axes,
    time_axis: TimeAxis,
    result: SimulationResult,
    *,
    observed: Sequence[tuple[float, int]] = (),
) -> None:
    """Draw desired and serving instances, and observed capacity as (minute, instances)."""
    initial = result.model.initial
    desired = [initial, *result.desired]
    axis.step(time_axis.ends, desired, where="post", color=GREEN, lw=1.8, label="desired")
    serving = [initial, *result.in_service]
    axis.step(time_axis.ends, serving, where="post", color=GREY, lw=1, label="in service")
    if observed:
        times, capacities = zip(*observed, strict=True)
        axis.step(
            times, capacities, where="post", color=INK, lw=1.2, ls=":", label="observed in 2017"
        )
    label(axis, "instances")
    scale_capacity(axis, result)
    legend(axis)


def draw_waiting(axis: Axes, time_axis: TimeAxis, result: SimulationResult) -> None:
    """Draw how many jobs wait in the queue."""
    waiting = [0, *result.waiting]
    axis.fill_between(time_axis.ends, waiting, color=GREY, alpha=0.35, lw=0)
    axis.plot(time_axis.ends, waiting, color=GREY, lw=1)
    axis.set_ylim(0, max([*waiting, 1]) * 1.12)
    label(axis, "jobs\nwaiting")


def draw_delays(axis: Axes, time_axis: TimeAxis, result: SimulationResult) -> None:
    """Draw the percentiles of response times or waits."""
    named = zip(PERCENTILES, PERCENTILE_COLOURS, result.delays.by_minute, strict=True)
    for percentile, colour, values in named:
        axis.plot(
            time_axis.points, time_axis.means(values), color=colour, lw=1.2, label=f"p{percentile}"
        )
    label(axis, f"{delay_name(result).replace('_', ' ')}\n(s)")
    scale_delays(axis, result)
    legend(axis)


def scale_capacity(axis: Axes, result: SimulationResult) -> None:
    """Show the whole range that the group may have."""
    axis.set_ylim(0, result.model.maximum + 1)
    axis.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10], integer=True))


def scale_delays(axis: Axes, result: SimulationResult) -> None:
    """Start delays at 0; make them logarithmic above some service times when they exceed these."""
    linear = 20 * result.model.service_s
    top = max(axis.get_ylim()[1], 2 * result.model.service_s)
    if top > 10 * linear:
        axis.set_yscale("symlog", linthresh=linear)
        _plain_numbers(axis)
    axis.set_ylim(0, top * 1.05)


def _plain_numbers(axis: Axes) -> None:
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.yaxis.set_minor_formatter(NullFormatter())
