"""Options of `./gas up`."""

from pathlib import Path
from typing import Annotated

import typer

from local.commands.options import time_scale
from local.host.checks import EMULATOR_PORT

Port = Annotated[int, typer.Option(help="Port of the site.", min=1, max=65535)]
EmulatorPort = Annotated[
    int | None,
    typer.Option(
        help=f"Port of the AWS emulator; by default the first free one from {EMULATOR_PORT}.",
        min=1,
        max=65535,
    ),
]
TimeScale = Annotated[
    int,
    typer.Option(
        parser=time_scale,
        metavar="NUMBER",
        help="Run the clock of alarms and warm-ups NUMBER times as fast: a minute takes "
        "60 / NUMBER seconds.",
    ),
]
References = Annotated[
    list[Path] | None,
    typer.Option(
        help="Folder of a reference bundle to offer beside rcrs; may be repeated.",
        metavar="DIR",
        exists=True,
        file_okay=False,
    ),
]
StageLike = Annotated[
    str | None,
    typer.Option(
        help="Run the fleets of this stage, in its network: `starter` has all processes on one "
        "instance.",
        metavar="STAGE",
    ),
]
Traces = Annotated[
    bool,
    typer.Option(
        "--traces",
        help="Record how long each step of a job takes, and keep the last spans: "
        "`./gas trace JOB` shows them.",
    ),
]
Check = Annotated[
    bool,
    typer.Option("--check", help="Stop everything when the sample is annotated; exit with 0 or 1."),
]
