"""The command line of `./gas chaos`."""

from typing import Annotated

import typer
from rich.console import Console

FAULTS = ("annotators", "workers", "burst", "outage")
"""The values of `--only`: `chaos.run.FaultName`, which takes too long to import for --help."""


def chaos_command(
    rounds: Annotated[int, typer.Option(help="Rounds of kills.", min=1, max=100)] = 10,
    seed: Annotated[int, typer.Option(help="Makes the choices; the same seed, the same.")] = 1,
    only: Annotated[
        list[str] | None,
        typer.Option(help=f"Only this fault; may be repeated. Choose from: {', '.join(FAULTS)}"),
    ] = None,
) -> None:
    """Break the running platform in many ways, and check that no job is lost or wrong.

    It kills annotators, notify and archive at work (SIGKILL), submits 200 jobs at once with 250
    repeated and shuffled requests, and stops the emulator for 30 s with 33 jobs in flight. Each
    result is compared with that of an undisturbed run, byte for byte. A round takes about 75 s:
    what a killed process had in hand comes again after a minute.

    Its accounts and jobs are removed afterwards. Exits with 1 if anything is lost, wrong or left.
    """
    from chaos.here import break_platform
    from chaos.run import FaultName, Plan

    unknown = set(only or ()) - set(FAULTS)
    if unknown:
        raise typer.BadParameter(
            f"{', '.join(sorted(unknown))}: choose from {', '.join(FAULTS)}", param_hint="--only"
        )
    chosen = frozenset(FaultName(name) for name in only or FAULTS)
    plan = Plan(only=chosen, rounds=rounds, seed=seed)
    raise typer.Exit(break_platform(plan, Console(highlight=False)))
