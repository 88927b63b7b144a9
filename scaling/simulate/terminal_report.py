"""Prints results in a terminal."""

import math
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from scaling.alarms import AlarmState
from scaling.simulate.instance_prices import PRICES
from scaling.simulate.json_output import delay_name
from scaling.simulate.simulation_result import FLAP_S, AlarmTrack, SimulationResult

SHOWN_ACTIVITIES = 20


def print_result(result: SimulationResult, console: Console) -> None:
    """Print what happened and what it cost."""
    console.print(
        f"[bold]{result.fleet} fleet, preset {result.preset.name}[/]: {result.load.label}, "
        f"{clock(result.load.duration_s)}, seed {result.seed}"
    )
    console.print(_activities(result))
    hidden = len(result.activities) - SHOWN_ACTIVITIES
    if hidden > 0:
        console.print(f"... and {hidden} more; --json FILE has them all.")
    console.print(_alarms(result))
    console.print(_totals([result]))
    console.print(f"\n{_notes(result)}")


def print_comparison(results: list[SimulationResult], console: Console) -> None:
    """Print presets side by side, and when each is right."""
    first = results[0]
    console.print(
        f"[bold]{first.fleet} fleet[/]: {first.load.label}, {clock(first.load.duration_s)}, "
        f"seed {first.seed}"
    )
    console.print(_totals(results))
    console.print(f"\n{_notes(first)}")
    for result in results:
        console.print(f"\n[bold]{result.preset.name}[/]: {result.preset.when}")


def clock(seconds: int) -> str:
    """Return a time as h:mm:ss."""
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}"


def duration(seconds: float) -> str:
    """Return a duration with a unit that suits its size."""
    if math.isnan(seconds):
        return "-"
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _activities(result: SimulationResult) -> Table:
    table = _table("Activities", "Time", "Capacity", "Cause")
    for activity in result.activities[:SHOWN_ACTIVITIES]:
        change = f"{activity.capacity_from} -> {activity.capacity_to}"
        table.add_row(clock(activity.time_s), change, activity.cause)
    if not result.activities:
        table.add_row("-", str(result.model.initial), "no alarm changed the capacity")
    return table


def _alarms(result: SimulationResult) -> Table:
    table = _table("Alarms", "Alarm", "Lowest", "Highest", "In ALARM")
    for track in result.tracks:
        rule = f"{track.alarm.name}: {track.alarm.condition}"
        table.add_row(rule, *_range(track), _in_alarm(track))
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(
        title=f"\n{title}", title_justify="left", title_style="bold", box=None, pad_edge=False
    )
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def _range(track: AlarmTrack) -> tuple[str, str]:
    values = [value for value in track.values if value is not None]
    return (f"{min(values):.4g}", f"{max(values):.4g}") if values else ("-", "-")


def _in_alarm(track: AlarmTrack) -> str:
    if not track.states:
        return "-"
    share = track.states.count(AlarmState.ALARM) / len(track.states)
    return f"{100 * share:.0f} %"


def _totals(results: Sequence[SimulationResult]) -> Table:
    """Return the totals, with a column for each preset."""
    table = _table("Totals", "", *(result.preset.name for result in results))
    rows = [_figures(result) for result in results]
    for name in rows[0]:
        table.add_row(name, *(row[name] for row in rows))
    return table


def _figures(result: SimulationResult) -> dict[str, str]:
    """Return the figures of a result by their names."""
    capacities = [result.model.initial, *result.desired]
    median, high, highest = (duration(value) for value in result.delays.overall.tolist())
    return {
        "served": f"{result.served:,}",
        "not served by the end": f"{result.unserved:,}",
        f"{delay_name(result).replace('_', ' ')} p50": median,
        "p95": high,
        "p99": highest,
        "most waiting at once": f"{max(result.waiting, default=0):,}",
        "capacity": f"{min(capacities)} to {max(capacities)}",
        "capacity changes": f"{len(result.activities)}",
        "of these, flaps": f"{result.flaps}",
        "instance-hours": f"{result.instance_hours:.1f}",
        "cost in USD": f"{result.cost_usd:.2f}",
    }


def _notes(result: SimulationResult) -> str:
    return (
        f"A flap undoes a change within {FLAP_S // 60} minutes. {result.model.instance_type} at "
        f"{PRICES.usd(result.model.instance_type, 1):g} USD an hour on demand ({PRICES.region}, "
        f"{PRICES.date}); instances alone."
    )
