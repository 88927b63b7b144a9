"""Charts of results."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes

from scaling.rules import FleetName, Metric, MetricMath
from scaling.simulate.chart_panels import (
    PRESET_COLOURS,
    TimeAxis,
    draw_capacity,
    draw_delays,
    draw_load,
    draw_metric,
    draw_states,
    draw_waiting,
    label,
    legend,
    scale_capacity,
    scale_delays,
)
from scaling.simulate.json_output import delay_name
from scaling.simulate.panel_figure import PANEL_IN, make_panels, save
from scaling.simulate.simulation_result import PERCENTILES, AlarmTrack, SimulationResult

MARGIN_IN = 0.6
SHOWN_PERCENTILE = 95


def plot_result(
    path: Path,
    result: SimulationResult,
    *,
    title: str | None = None,
    observed: Sequence[tuple[float, int]] = (),
) -> None:
    """Draw load, metrics, alarms, capacity, queue and delays over time.

    `observed` is a real group's capacity as (minute, instances), drawn beside the simulated one.
    Raises OSError, and ValueError for a file type that can't be drawn.
    """
    metrics = _by_metric(result.tracks)
    queue = result.fleet is FleetName.ANNOTATOR
    figure, axes = make_panels(
        title or f"{result.fleet}, preset {result.preset.name}",
        [PANEL_IN] * (4 + len(metrics) + queue),
        margin_in=MARGIN_IN,
    )
    time_axis = TimeAxis(result)
    panels = iter(axes)
    draw_load(next(panels), time_axis, result)
    for tracks in metrics.values():
        draw_metric(next(panels), time_axis, tracks)
    draw_states(next(panels), time_axis, result.tracks)
    draw_capacity(next(panels), time_axis, result, observed=observed)
    if queue:
        draw_waiting(next(panels), time_axis, result)
    draw_delays(next(panels), time_axis, result)
    save(figure, axes, path, end=time_axis.ends[-1], unit=time_axis.unit)


def plot_comparison(
    path: Path, results: Sequence[SimulationResult], *, title: str | None = None
) -> None:
    """Draw capacity and delays of several presets under the same load; raises as plot_result."""
    first = results[0]
    figure, axes = make_panels(
        title or f"{first.fleet}: presets side by side", [2] * 3, margin_in=MARGIN_IN
    )
    time_axis = TimeAxis(first)
    draw_load(axes[0], time_axis, first)
    for result, colour in zip(results, PRESET_COLOURS, strict=False):
        _compare(axes[1], axes[2], time_axis, result, colour)
    scale_capacity(axes[1], first)
    label(axes[1], "desired\ninstances")
    legend(axes[1])
    label(axes[2], f"{delay_name(first).replace('_', ' ')}\np{SHOWN_PERCENTILE} (s)")
    scale_delays(axes[2], first)
    save(figure, axes, path, end=time_axis.ends[-1], unit=time_axis.unit)


def _compare(
    capacity: Axes, delay: Axes, time_axis: TimeAxis, result: SimulationResult, colour: str
) -> None:
    name = f"{result.preset.name}: {result.instance_hours:.0f} h, {result.cost_usd:.2f} USD"
    desired = [result.model.initial, *result.desired]
    capacity.step(time_axis.ends, desired, where="post", color=colour, lw=1.3, label=name)
    high = result.delays.by_minute[PERCENTILES.index(SHOWN_PERCENTILE)]
    delay.plot(time_axis.points, time_axis.means(high), color=colour, lw=1.3)


def _by_metric(tracks: Sequence[AlarmTrack]) -> dict[Metric | MetricMath, list[AlarmTrack]]:
    grouped: dict[Metric | MetricMath, list[AlarmTrack]] = {}
    for track in tracks:
        grouped.setdefault(track.alarm.metric, []).append(track)
    return grouped
