"""`python -m scaling`: simulate a fleet under load, and see what its scaling rules do."""

import math
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from scaling.policies import DEFAULT, PRESETS, preset
from scaling.rules import Fleet
from scaling.simulate.engine import simulate as run
from scaling.simulate.figures import write_figures
from scaling.simulate.loads import Load
from scaling.simulate.model import MODELS, Model, ServiceShape
from scaling.simulate.output import write_json
from scaling.simulate.plots import plot_comparison, plot_result
from scaling.simulate.report import print_comparison, print_result
from scaling.simulate.result import Result
from scaling.simulate.shapes import Shape, Wanted, load_of
from scaling.simulate.trace import MAX_DURATION_S, read_trace

UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400}

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False
)


def seconds(text: str) -> int:
    """Read a duration: 90, 90s, 15m, 2h or 1d. Raises typer.BadParameter."""
    found = re.fullmatch(r"(\d+)([smhd]?)", text.strip())
    value = int(found[1]) * UNITS_S[found[2] or "s"] if found else 0
    if not 60 <= value <= MAX_DURATION_S:
        raise typer.BadParameter(
            f"expected a duration from 60s to 31d, like 90s, 15m, 2h or 1d, and got '{text}'"
        )
    return value


def rate(text: str) -> float:
    """Read a rate per second. Raises typer.BadParameter."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise typer.BadParameter(f"expected a number of 0 or more, and got '{text}'")
    return value


@app.callback()
def _callback() -> None:
    """Give the commands names even while there is only one."""


@app.command()
def simulate(
    fleet: Annotated[Fleet, typer.Argument(help="The fleet to simulate.")],
    *,
    preset_name: Annotated[
        str,
        typer.Option("--preset", help="Scaling rules; --compare lists them."),
    ] = DEFAULT,
    compare: Annotated[
        bool, typer.Option("--compare", help="Run all presets of the fleet, side by side.")
    ] = False,
    shape: Annotated[
        Shape,
        typer.Option(
            "--load",
            help="Shape of the load. register, home: the original's web load tests; rhythm: its "
            "annotator load test.",
        ),
    ] = Shape.CONSTANT,
    trace: Annotated[
        Path | None,
        typer.Option(
            help="Load from a CSV file instead: second,requests_per_s (web) or second,jobs_per_s "
            "(annotator), optionally latency_s (response time, or time of a job). A row holds "
            "until the next.",
        ),
    ] = None,
    rate_: Annotated[
        float | None,
        typer.Option("--rate", parser=rate, metavar="RATE", help="Arrivals per second."),
    ] = None,
    peak: Annotated[
        float | None,
        typer.Option(parser=rate, metavar="RATE", help="Highest rate of a spike or a day."),
    ] = None,
    duration: Annotated[
        int | None,
        typer.Option(parser=seconds, metavar="TIME", help="How long, e.g. 90s, 15m, 2h, 1d."),
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="rhythm: seconds from job to job.")] = 25,
    burst: Annotated[int, typer.Option(min=1, help="rhythm: jobs before a pause.")] = 10,
    pause: Annotated[int, typer.Option(min=1, help="rhythm: seconds of a pause.")] = 120,
    service_time: Annotated[
        float | None,
        typer.Option(
            parser=rate, metavar="SECONDS", help="Mean work of a request or job, without waiting."
        ),
    ] = None,
    service_shape: Annotated[
        ServiceShape, typer.Option(help="How that work scatters.")
    ] = ServiceShape.EXPONENTIAL,
    slots: Annotated[
        int | None, typer.Option(min=1, help="Requests or jobs an instance works on at once.")
    ] = None,
    launch: Annotated[
        int | None, typer.Option(min=0, help="Seconds from launch to in service.")
    ] = None,
    minimum: Annotated[int | None, typer.Option("--min", min=1, help="Fewest instances.")] = None,
    maximum: Annotated[int | None, typer.Option("--max", min=1, help="Most instances.")] = None,
    instance_type: Annotated[
        str | None, typer.Option(help="EC2 instance type, for the price.")
    ] = None,
    stagger: Annotated[
        bool,
        typer.Option(
            "--stagger",
            help="Evaluate each alarm at a second of the minute of its own, as AWS does, instead "
            "of all together.",
        ),
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random numbers.")] = 1,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write everything to this file as JSON.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the course to this file: .png, .svg or .pdf.")
    ] = None,
) -> None:
    """Run a load through a fleet's scaling rules, and print what happens and what it costs."""
    wanted = Wanted(
        shape=shape,
        rate=rate_,
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
    try:
        load = _load(fleet, wanted, trace)
        model = _model(fleet, {key: value for key, value in changes.items() if value is not None})
        results = [
            run(preset(fleet, name), load, model, seed=seed, stagger=stagger) for name in names
        ]
        _show(results, json_file=json_file, plot=plot)
    except (ValueError, OSError) as error:
        typer.echo(f"simulate: {error}", err=True)
        raise typer.Exit(2) from None


@app.command()
def figures(
    folder: Annotated[Path, typer.Argument(help="Folder to write them to, e.g. docs/images.")],
) -> None:
    """Draw the pictures of docs/scaling.md."""
    for path in write_figures(folder):
        typer.echo(path)


def main(argv: list[str] | None = None, prog_name: str = "scaling") -> None:
    """Run the command line, named in its usage as it was called; exits the process."""
    app(args=sys.argv[1:] if argv is None else argv, prog_name=prog_name)


def _load(fleet: Fleet, wanted: Wanted, trace: Path | None) -> Load:
    if trace is None:
        return load_of(fleet, wanted)
    return read_trace(trace, fleet, duration_s=wanted.duration_s)


def _model(fleet: Fleet, changes: dict[str, object]) -> Model:
    """Return the fleet's model with the changes; raise ValueError when its limits contradict."""
    model = replace(MODELS[fleet], **changes)  # type: ignore[arg-type]  # typed at its origin
    if model.minimum > model.maximum:
        raise ValueError(f"--min {model.minimum} is more than --max {model.maximum}")
    return replace(model, initial=max(model.minimum, min(model.maximum, model.initial)))


def _show(results: list[Result], *, json_file: Path | None, plot: Path | None) -> None:
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
