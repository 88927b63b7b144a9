"""The charts of docs/scaling.md: each finding, and the preset that solves the problem."""

from dataclasses import replace
from pathlib import Path

from scaling.policies import ANNOTATOR_ORIGINAL, PRESETS, WEB_ORIGINAL
from scaling.rules import FleetName
from scaling.simulate import loads
from scaling.simulate.loads import Load
from scaling.simulate.model import MODELS
from scaling.simulate.plots import plot_comparison, plot_result
from scaling.simulate.simulation import simulate
from scaling.simulate.simulation_result import SimulationResult

WEB, ANNOTATOR = MODELS[FleetName.WEB], MODELS[FleetName.ANNOTATOR]
DAY_S = 86_400
OBSERVED = ((0, 2), (1, 3), (244 / 60, 4), (427 / 60, 5), (672 / 60, 6), (13, 6))
"""The capacity of the original's group, from its activity history, as (minute, instances).

Its launches were 184, 183 and 245 s apart. The first is put where the simulation has it.
"""


def write_figures(folder: Path) -> list[Path]:
    """Draw all pictures into a folder and return their paths. Raises OSError."""
    names = ("history", "web-flaps", "web-compare", "annotator-backlog", "annotator-compare")
    paths = [folder / f"scaling-{name}.png" for name in names]
    plot_result(
        paths[0],
        history(),
        title="The load of 2017-06-06 through the original's first rule",
        observed=OBSERVED,
    )
    plot_result(paths[1], web_flaps(), title="Web, original rules, steady 20 requests a second")
    plot_comparison(paths[2], compared(FleetName.WEB, web_day()), title="Web: a day's curve")
    plot_result(
        paths[3],
        annotator_backlog(),
        title="Annotator, original rules, few jobs that take three minutes each",
    )
    plot_comparison(
        paths[4], compared(FleetName.ANNOTATOR, annotator_day()), title="Annotator: a day's curve"
    )
    return paths


def history() -> SimulationResult:
    """Simulate the load test of the original's web group: the same load, and its first rule."""
    load = loads.constant(rate=48.7, duration_s=780)
    scale_out_alone = replace(WEB_ORIGINAL, policies=WEB_ORIGINAL.policies[:1])
    return simulate(scale_out_alone, load, replace(WEB, service_s=0.019))


def web_flaps() -> SimulationResult:
    """Simulate a steady load with alarms evaluated as AWS does, each at its own second."""
    load = loads.constant(rate=20, duration_s=5400)
    return simulate(WEB_ORIGINAL, load, WEB, stagger=True)


def annotator_backlog() -> SimulationResult:
    """Simulate few jobs that take long: the number sent doesn't show how many wait."""
    load = loads.constant(rate=1.9 / 60, duration_s=3 * 3600)
    return simulate(ANNOTATOR_ORIGINAL, load, replace(ANNOTATOR, service_s=180))


def web_day() -> Load:
    return loads.day(rate=80, peak=155, duration_s=DAY_S)


def annotator_day() -> Load:
    return loads.day(rate=0.8, peak=1.4, duration_s=DAY_S)


def compared(fleet: FleetName, load: Load) -> list[SimulationResult]:
    """Simulate all presets of a fleet under the same load."""
    return [simulate(one, load, MODELS[fleet]) for one in PRESETS[fleet].values()]
