"""The options of the simulator's command line, each as an annotated type."""

import math
import re
from pathlib import Path
from typing import Annotated

import typer

from scaling.simulate.load_shapes import Shape
from scaling.simulate.model import ServiceShape
from scaling.simulate.trace import MAX_DURATION_S

UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


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


Preset = Annotated[str, typer.Option("--preset", help="Scaling rules; --compare lists them.")]

Compare = Annotated[
    bool, typer.Option("--compare", help="Run all presets of the fleet, side by side.")
]

LoadShape = Annotated[
    Shape,
    typer.Option(
        "--load",
        help="Shape of the load. register, home: the original's web load tests; rhythm: its "
        "annotator load test.",
    ),
]

Trace = Annotated[
    Path | None,
    typer.Option(
        help="Load from a CSV file instead: second,requests_per_s (web) or second,jobs_per_s "
        "(annotator), optionally latency_s (response time, or duration of a job). A row holds "
        "until the next.",
    ),
]

Rate = Annotated[
    float | None,
    typer.Option("--rate", parser=rate, metavar="RATE", help="Arrivals per second."),
]

Peak = Annotated[
    float | None,
    typer.Option(parser=rate, metavar="RATE", help="Highest rate of a spike or a day."),
]

Duration = Annotated[
    int | None,
    typer.Option(parser=seconds, metavar="TIME", help="Duration, e.g. 90s, 15m, 2h, 1d."),
]

Every = Annotated[int, typer.Option(min=1, help="rhythm: seconds between jobs.")]

Burst = Annotated[int, typer.Option(min=1, help="rhythm: jobs before a pause.")]

Pause = Annotated[int, typer.Option(min=1, help="rhythm: length of a pause in seconds.")]

ServiceTime = Annotated[
    float | None,
    typer.Option(
        parser=rate,
        metavar="SECONDS",
        help="Mean service time of a request or job, without waiting.",
    ),
]

Scatter = Annotated[ServiceShape, typer.Option(help="Distribution of the service time.")]

Slots = Annotated[
    int | None, typer.Option(min=1, help="Requests or jobs an instance works on at once.")
]

Launch = Annotated[int | None, typer.Option(min=0, help="Seconds from launch to in service.")]

Minimum = Annotated[int | None, typer.Option("--min", min=1, help="Fewest instances.")]

Maximum = Annotated[int | None, typer.Option("--max", min=1, help="Most instances.")]

InstanceType = Annotated[str | None, typer.Option(help="EC2 instance type, for the price.")]

Stagger = Annotated[
    bool,
    typer.Option(
        "--stagger",
        help="Evaluate each alarm at its own second of the minute, as AWS does, instead of all "
        "together.",
    ),
]

Seed = Annotated[int, typer.Option(min=0, help="Seed of the random numbers.")]

JsonFile = Annotated[
    Path | None, typer.Option("--json", help="Write everything to this file as JSON.")
]

Plot = Annotated[
    Path | None, typer.Option(help="Draw a chart of the run to this file: .png, .svg or .pdf.")
]
