"""The command line `./gas`."""

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from bench.commands import bench
from chaos.commands import chaos_command
from local.commands import testing, up_options
from local.commands.loadtest_cli import app as loadtest_app
from local.commands.operators_cli import app as operators
from local.commands.stage_cli import app as stage
from local.commands.stage_cli import deployments
from local.errors import LocalError
from local.host.checks import SITE_PORT
from local.host.folder import Folder
from reference.cli import app as reference

app = typer.Typer(
    name="gas",
    help="GAS on this machine: the whole platform, its tests and its benchmarks.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
console = Console(highlight=False)


def main() -> None:
    """Run the command line; print LocalError without a traceback."""
    try:
        app(prog_name="./gas")
    except LocalError as error:
        Console(stderr=True, highlight=False).print(
            f"[red]gas:[/red] {escape(str(error))}", soft_wrap=True
        )
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


@app.command("up")
def up_command(
    *,
    port: up_options.Port = SITE_PORT,
    emulator_port: up_options.EmulatorPort = None,
    time_scale: up_options.TimeScale = 1,
    reference: up_options.References = None,
    stage_like: up_options.StageLike = None,
    traces: up_options.Traces = False,
    check: up_options.Check = False,
) -> None:
    """Start the platform: deploy all stacks, boot the instances, annotate a sample.

    It stays in the foreground; Ctrl-C stops everything. Users, jobs and results are there again
    the next time, until `./gas reset`.
    """
    from local.commands.up import Options, up

    options = Options(
        site_port=port,
        emulator_port=emulator_port,
        check=check,
        time_scale=time_scale,
        references=tuple(reference or ()),
        like=stage_like,
        traces=traces,
    )
    raise typer.Exit(up(Folder.of_repository(), options, console))


@app.command("down")
def down_command() -> None:
    """Stop the run of another terminal, or clean up after one that was killed."""
    from local.commands.down import down

    console.print(escape(down(Folder.of_repository())))


@app.command("reset")
def reset_command(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
) -> None:
    """Delete the state: users, jobs, results and stacks. Caches are kept."""
    from local.commands.down import reset

    folder = Folder.of_repository()
    if not yes:
        typer.confirm(f"Delete all users, jobs and results in {folder.state}?", abort=True)
    reset(folder)
    console.print("The next ./gas up starts with an empty state.")


@app.command("status")
def status_command() -> None:
    """Show what runs: site, instances, scaling, and any problems.

    Exits with 1 if nothing runs.
    """
    from local.commands.status import show_status
    from local.host.run_state import require_running

    show_status(require_running(Folder.of_repository()), console)


@app.command(
    "simulate",
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def simulate_command(context: typer.Context) -> None:
    """Run a load through a fleet's scaling rules: see what they do and cost before you pay for it.

    The same as `python -m scaling simulate`, whose options it takes.
    """
    from scaling.command_line import main as simulate

    simulate(["simulate", *context.args], prog_name="./gas")


@app.command("mail")
def mail_command(
    number: Annotated[
        int | None, typer.Argument(help="Show this email; without it, list all.", min=1)
    ] = None,
    html: Annotated[bool, typer.Option("--html", help="Show the HTML part.")] = False,
) -> None:
    """Show the emails that the platform has sent. Nothing leaves this machine.

    When nothing runs, these are the emails of the last run.
    """
    from local.commands.mail import find_mails, list_mails, show_mail

    mails = find_mails(Folder.of_repository(), console)
    if number is None:
        list_mails(mails, console)
    else:
        show_mail(mails, number, html=html)


@app.command("trace")
def trace_command(
    job: Annotated[str, typer.Argument(help="Id of a job, or the address of its page.")],
) -> None:
    """Show what a job went through, from web to the email, and how long each step took.

    The platform must have been started by `./gas up --traces`. The traces are gone when it stops.
    """
    from local.aws.xray import spans_of_job
    from local.commands.trace import job_id_in, show_job, traces_url
    from local.host.run_state import require_running

    job_id = job_id_in(job)
    url = traces_url(require_running(Folder.of_repository()))
    show_job(spans_of_job(url, job_id), job_id, console)


@app.command(
    "submit",
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def submit_command(context: typer.Context) -> None:
    """Annotate files: `gas-client submit`, whose options it takes.

    It submits as the demo user of the platform that runs here, unless GAS_URL or --url names
    another site.
    """
    from local.commands.submit import submit

    raise typer.Exit(submit(Folder.of_repository(), context.args))


@app.command("annotate")
def annotate_command(
    files: Annotated[
        list[Path],
        typer.Argument(help="VCFs: plain, gzip or bgzip.", exists=True, dir_okay=False),
    ],
    bundle: Annotated[
        Path,
        typer.Option(
            help="Folder of a reference bundle, see `./gas reference build`.",
            metavar="DIR",
            exists=True,
            file_okay=False,
        ),
    ],
    out: Annotated[
        Path, typer.Option(help="Folder for the results; created if it is missing.", metavar="DIR")
    ],
    force: Annotated[bool, typer.Option("--force", help="Overwrite existing results.")] = False,
) -> None:
    """Annotate files here, without the platform: the same files as a job's results.

    For x.vcf these are x.annot.vcf.gz and its index, x.variants.parquet, for files with samples
    x.genotypes.parquet, x.summary.json and the log x.vcf.count.log. Exits with 0 if all files are
    annotated, otherwise with 1, and says why.
    """
    from local.commands.annotate import annotate

    annotate(files, bundle, out, force=force, console=console)


@app.command(
    "test",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def run_tests_command(
    context: typer.Context,
    only: Annotated[
        list[str] | None,
        typer.Option(
            help=f"Run only this; may be repeated. Choose from: {', '.join(testing.NAMES)}"
        ),
    ] = None,
) -> None:
    """Run every check and test. Other arguments go to pytest, such as -x or -k WORD.

    Exits with 0 if all pass. The last line is pytest's summary.
    """
    raise typer.Exit(testing.run_tests(only or [], context.args, console))


@app.command("docs")
def docs_command(
    *,
    serve: Annotated[
        bool, typer.Option("--serve", help="Serve it, and build it again when a page changes.")
    ] = False,
    port: Annotated[
        int, typer.Option(help="Port of 127.0.0.1 for --serve.", min=1, max=65535)
    ] = 8001,
    screenshots: Annotated[
        bool,
        typer.Option(
            "--screenshots",
            help="Take the pictures of docs and landing page anew: needs Chromium and minutes.",
        ),
    ] = False,
) -> None:
    """Build the documentation as a site, in .gas/site.

    A broken link is an error, and so is a page that no menu has. Exits with 0 if the site is built.
    """
    from local.commands import docs

    if screenshots and (code := docs.take_pictures()):
        raise typer.Exit(code)
    if serve:
        raise typer.Exit(docs.serve(port))
    console.print(f"Open {escape(str(docs.build(Folder.of_repository())))}", soft_wrap=True)


app.add_typer(deployments)
app.command("chaos")(chaos_command)
app.add_typer(stage, name="stage")
app.add_typer(operators, name="operators")
app.add_typer(loadtest_app, name="loadtest")
app.add_typer(bench, name="bench")
app.add_typer(reference, name="reference")
