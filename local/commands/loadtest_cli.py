"""The command line of `./gas loadtest`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from loadtest.rhythm import Rhythm
from local.commands.options import time_scale as read_time_scale

MOST_USERS = 1000
MOST_SECONDS = 3600
MOST_JOBS = 500
MAX_REQUESTS = 100_000

SITE_LOADS = {
    "home": "Open the home page: 200 users, 20 more per second, for 302 s, as the original did.\n\n"
    "Exits with 1 if a request failed.",
    "register": "Open the registration page: 100 users, 5 more per second, for 522 s, as the "
    "original did.\n\nExits with 1 if a request failed.",
    "researcher": "Register, confirm, sign in; upload real variants, wait, read, download: 5 "
    "people for 120 s.\n\nTheir accounts and jobs are deleted afterwards. It needs the platform of "
    "this machine, to read the confirmation in its outbox. Exits with 1 if anything failed.",
}

app = typer.Typer(
    help="Put load on the running platform, and write a report of what its fleets did.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
console = Console(highlight=False)

Out = Annotated[
    Path | None, typer.Option(help="Folder for the report; by default a new one in .gas/loadtest.")
]
Docs = Annotated[
    Path | None,
    typer.Option(help="Also write the picture and figures into this documentation, e.g. docs."),
]


def _add_site_load(name: str, description: str) -> None:
    @app.command(name, help=description)
    def command(
        url: Annotated[
            str | None,
            typer.Option(
                help="The site; by default that of this machine. Load only what is yours."
            ),
        ] = None,
        yes: Annotated[
            bool,
            typer.Option("--yes", "-y", help="Don't ask before a host that isn't this machine."),
        ] = False,
        *,
        users: Annotated[
            int | None, typer.Option(help="Number of users.", min=1, max=MOST_USERS)
        ] = None,
        rate: Annotated[
            float | None, typer.Option(help="Users added per second.", min=0.1, max=100)
        ] = None,
        time: Annotated[
            int | None, typer.Option(help="Duration in seconds.", min=1, max=MOST_SECONDS)
        ] = None,
        max_requests: Annotated[
            int, typer.Option(help="End after this many requests.", min=1, max=MAX_REQUESTS)
        ] = MAX_REQUESTS,
        out: Out = None,
        docs: Docs = None,
    ) -> None:
        from local.commands.loadtests import Wanted, run_site_load

        wanted = Wanted(
            url=url,
            yes=yes,
            users=users,
            users_per_s=rate,
            seconds=time,
            max_requests=max_requests,
            out=out,
            docs=docs,
        )
        raise typer.Exit(run_site_load(name, wanted, console))


for _name, _description in SITE_LOADS.items():
    _add_site_load(_name, _description)


@app.command("annotator")
def annotator_command(
    every: Annotated[float, typer.Option(help="Seconds between jobs.", min=1)] = Rhythm.every_s,
    burst: Annotated[int, typer.Option(help="Jobs before a pause.", min=1)] = Rhythm.burst,
    pause: Annotated[
        float, typer.Option(help="Length of a pause in seconds.", min=0, max=MOST_SECONDS)
    ] = Rhythm.pause_s,
    bursts: Annotated[int, typer.Option(help="Number of bursts.", min=1)] = Rhythm.bursts,
    time_scale: Annotated[
        int | None,
        typer.Option(
            parser=read_time_scale,
            metavar="NUMBER",
            help="Run the rhythm NUMBER times as fast; by default as fast as ./gas up runs its "
            "alarms.",
        ),
    ] = None,
    *,
    out: Out = None,
    docs: Docs = None,
) -> None:
    """Publish real jobs to the annotators in the original's rhythm: one every 25 s, then a pause.

    Eleven jobs: the deployed rule needs more than ten in 300 s, so the original's ten never
    triggered it. Then it waits until the fleet is back at its size, and removes the jobs. Exits
    with 1 unless all jobs are COMPLETED.
    """
    from local.commands.loadtests import run_annotator_load

    rhythm = Rhythm(every_s=every, burst=burst, pause_s=pause, bursts=bursts)
    if rhythm.jobs > MOST_JOBS or rhythm.seconds > MOST_SECONDS:
        raise typer.BadParameter(
            f"{rhythm} are {rhythm.jobs} jobs in {rhythm.seconds:.0f} s: at most {MOST_JOBS} and "
            f"{MOST_SECONDS} s"
        )
    code = run_annotator_load(rhythm, time_scale, out=out, docs=docs, console=console)
    raise typer.Exit(code)
