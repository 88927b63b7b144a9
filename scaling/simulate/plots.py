"""Charts of results."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

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
from scaling.simulate.simulation_result import PERCENTILES, AlarmTrack, SimulationResult

WIDTH_IN, PANEL_IN, DPI = 9, 1.4, 88
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
    figure, axes = _panels(
        4 + len(metrics) + queue, title or f"{result.fleet}, preset {result.preset.name}"
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
    _save(figure, axes, time_axis, path)


def plot_comparison(
    path: Path, results: Sequence[SimulationResult], *, title: str | None = None
) -> None:
    """Draw capacity and delays of several presets under the same load; raises as plot_result."""
    first = results[0]
    figure, axes = _panels(3, title or f"{first.fleet}: presets side by side", panel_in=2)
    time_axis = TimeAxis(first)
    draw_load(axes[0], time_axis, first)
    for result, colour in zip(results, PRESET_COLOURS, strict=False):
        _compare(axes[1], axes[2], time_axis, result, colour)
    scale_capacity(axes[1], first)
    label(axes[1], "desired\ninstances")
    legend(axes[1])
    label(axes[2], f"{delay_name(first).replace('_', ' ')}\np{SHOWN_PERCENTILE} (s)")
    scale_delays(axes[2], first)
    _save(figure, axes, time_axis, path)


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


def _panels(number: int, title: str, *, panel_in: float = PANEL_IN) -> tuple[Figure, list[Axes]]:
    size = (WIDTH_IN, panel_in * number + 0.6)
    figure = Figure(figsize=size, layout="constrained", dpi=DPI)
    figure.suptitle(title, fontsize=11, fontweight="bold")
    axes: list[Axes] = list(figure.subplots(number, 1, sharex=True, squeeze=False)[:, 0])
    for axis in axes:
        axis.grid(visible=True, color="#eceff2")
        axis.spines[["top", "right"]].set_visible(False)
        axis.tick_params(labelsize=8)
        axis.set_axisbelow(True)
    return figure, axes


def _save(figure: Figure, axes: Sequence[Axes], time_axis: TimeAxis, path: Path) -> None:
    axes[-1].set_xlim(0, time_axis.ends[-1])
    axes[-1].set_xlabel(time_axis.unit, fontsize=8)
    figure.align_ylabels(axes)
    # No version and date in the file: the same result gives the same bytes.
    undated = {".png": {"Software": None}, ".svg": {"Date": None}}
    figure.savefig(path, metadata=undated.get(path.suffix))
