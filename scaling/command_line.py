"""`python -m scaling`: simulate a fleet under load, and see what its scaling rules do."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from scaling import simulate_options as options
from scaling.policies import DEFAULT, PRESETS, preset
from scaling.rules import FleetName
from scaling.simulate.figures import write_figures
from scaling.simulate.json_output import write_json
from scaling.simulate.load_shapes import LoadRequest, Shape, load_of
from scaling.simulate.loads import Load
from scaling.simulate.model import MODELS, Model, ServiceShape
from scaling.simulate.plots import plot_comparison, plot_result
from scaling.simulate.simulation import simulate as run
from scaling.simulate.simulation_result import SimulationResult
from scaling.simulate.terminal_report import print_comparison, print_result
from scaling.simulate.trace import read_trace

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help=__doc__,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
def simulate(
    fleet: Annotated[FleetName, typer.Argument(help="The fleet to simulate.")],
    *,
    preset_name: options.Preset = DEFAULT,
    compare: options.Compare = False,
    shape: options.LoadShape = Shape.CONSTANT,
    trace: options.Trace = None,
    rate: options.Rate = None,
    peak: options.Peak = None,
    duration: options.Duration = None,
    every: options.Every = 25,
    burst: options.Burst = 10,
    pause: options.Pause = 120,
    service_time: options.ServiceTime = None,
    service_shape: options.Scatter = ServiceShape.EXPONENTIAL,
    slots: options.Slots = None,
    launch: options.Launch = None,
    minimum: options.Minimum = None,
    maximum: options.Maximum = None,
    instance_type: options.InstanceType = None,
    stagger: options.Stagger = False,
    seed: options.Seed = 1,
    json_file: options.JsonFile = None,
    plot: options.Plot = None,
) -> None:
    """Run a load through a fleet's scaling rules, and print what happens and what it costs."""
    wanted = LoadRequest(
        shape=shape,
        rate=rate,
        peak=peak,
        duration_s=duration,
        every_s=every,
        burst=burst,
        pause_s=pause,
    )
    changes = {
        "service_s": service_time,
        "shape": service_shape,
        "slots": slots,
        "launch_s": launch,
        "minimum": minimum,
        "maximum": maximum,
        "instance_type": instance_type,
    }
    names = list(PRESETS[fleet]) if compare else [preset_name]
    with _explained():
        load, model = _load(fleet, wanted, trace), _model(fleet, changes)
        rules = [preset(fleet, name) for name in names]
        results = [run(each, load, model, seed=seed, stagger=stagger) for each in rules]
        _show(results, json_file=json_file, plot=plot)


@app.command()
def figures(
    folder: Annotated[Path, typer.Argument(help="Folder to write them to, e.g. docs/images.")],
) -> None:
    """Draw the pictures of docs/scaling.md."""
    with _explained():
        for path in write_figures(folder):
            typer.echo(path)


def main(argv: list[str] | None = None, prog_name: str = "scaling") -> None:
    """Run the command line, named in its usage as it was called; exits the process."""
    app(args=sys.argv[1:] if argv is None else argv, prog_name=prog_name)


@contextmanager
def _explained() -> Iterator[None]:
    """Print an error that the user can correct, and exit with code 1, as every command of GAS."""
    try:
        yield
    except (ValueError, OSError) as error:
        typer.echo(f"gas: {error}", err=True)
        raise typer.Exit(1) from None


def _load(fleet: FleetName, wanted: LoadRequest, trace: Path | None) -> Load:
    if trace is None:
        return load_of(fleet, wanted)
    return read_trace(trace, fleet, duration_s=wanted.duration_s)


def _model(fleet: FleetName, changes: Mapping[str, object]) -> Model:
    """Return the fleet's model with the options that were given.

    Raises ValueError when the minimum is more than the maximum.
    """
    given: dict[str, Any] = {name: value for name, value in changes.items() if value is not None}
    model = replace(MODELS[fleet], **given)
    if model.minimum > model.maximum:
        raise ValueError(f"--min {model.minimum} is more than --max {model.maximum}")
    return replace(model, initial=max(model.minimum, min(model.maximum, model.initial)))


def _show(results: list[SimulationResult], *, json_file: Path | None, plot: Path | None) -> None:
    console = Console()
    if len(results) > 1:
        print_comparison(results, console)
    else:
        print_result(results[0], console)
    if json_file:
        write_json(json_file, results)
    if plot and len(results) > 1:
        plot_comparison(plot, results)
    elif plot:
        plot_result(plot, results[0])
