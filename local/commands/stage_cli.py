"""The command line of `./gas stage`, and of the commands about one deployment."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from local.commands import site_options
from local.host.folder import Folder

app = typer.Typer(
    help="Show the stages, which hold all differences between deployments.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


deployments = typer.Typer(rich_markup_mode="markdown")
"""Commands that `./gas` has itself."""


@app.command("show")
def show_command(
    name: Annotated[str, typer.Argument(help="Name of a file in stages/, without .toml.")],
) -> None:
    """Show the settings of a stage: the value, origin and meaning of each key.

    Exits with 1 if the file is wrong, and names every wrong key with what was expected.
    """
    from local.commands.stage import describe

    typer.echo(describe(name), nl=False)


@app.command("cost")
def cost_command(
    name: Annotated[str, typer.Argument(help="Name of a file in stages/, without .toml.")],
) -> None:
    """Show what a stage costs: an idle month by item, and what 1,000 jobs add.

    The prices are those of a table with its date. Exits with 1 if the file is wrong.
    """
    from local.commands.stage import costs

    typer.echo(costs(name), nl=False)


@deployments.command("preflight")
def preflight_command(
    name: Annotated[str, typer.Option("--stage", help="Name of a file in stages/, without .toml.")],
    region: Annotated[
        str | None, typer.Option(help="Region; by default the one of your AWS settings.")
    ] = None,
) -> None:
    """Ask your AWS account for what a deployment needs: quotas, zones, SES, certificate and more.

    It reads with your AWS credentials and changes nothing. Without credentials it says what it
    would read. Exits with 0 if a deployment may begin, otherwise with 1 and with what to do.
    """
    from local.commands.stage import in_account

    raise typer.Exit(in_account("stacks.preflight", name, region))


@deployments.command("image")
def image_command(
    name: Annotated[str, typer.Option("--stage", help="Name of a file in stages/, without .toml.")],
    region: Annotated[
        str | None, typer.Option(help="Region; by default the one of your AWS settings.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Write the newest image into the stage's file.")
    ] = False,
) -> None:
    """Show the image (AMI) that a stage pins and the newest one, with their dates.

    It asks AWS with your credentials. Exits with 1 if it couldn't, and then changes no file.
    """
    from local.commands.stage import in_account

    options = ["--update"] if update else []
    raise typer.Exit(in_account("stacks.images", name, region, *options))


@deployments.command("synth")
def synth_command(
    name: Annotated[str, typer.Option("--stage", help="Name of a file in stages/, without .toml.")],
    out: Annotated[
        Path, typer.Option(help="Folder for the cloud assembly; an earlier one is replaced.")
    ],
) -> None:
    """Write the templates and assets of a stage. It needs no AWS account and no credentials.

    The same work tree gives the same bytes. Deploy them with `cdk deploy --app DIR`.
    """
    from local.commands.stage import synthesize

    for warning in synthesize(Folder.of_repository(), name, out):
        Console(highlight=False).print(f"[yellow]{escape(warning)}[/yellow]", soft_wrap=True)
    Console(highlight=False).print(
        f"The cloud assembly of stage {escape(name)} is in {escape(str(out))}"
    )


@deployments.command("check")
def check_command(
    url: site_options.Url = None,
    email: site_options.Email = None,
    timeout: site_options.Timeout = 600,
) -> None:
    """Check that a site works: annotate its sample, compare the result, delete the job.

    The user must exist and have confirmed the address. The password comes from GAS_PASSWORD, or is
    asked for. Exits with 0 if everything worked, otherwise with 1 and with what didn't.
    """
    from local.commands.check import check
    from local.commands.person import find_person

    person = find_person(Folder.of_repository(), url=url, email=email)
    check(person, seconds=timeout, console=Console(highlight=False))


@deployments.command("recover")
def recover_command(
    name: Annotated[str, typer.Option("--stage", help="Name of a file in stages/, without .toml.")],
    table: Annotated[str, typer.Option(help="annotations, users, ephemeral, owned_items, audit.")],
    at: Annotated[
        str,
        typer.Option(help="The time to go back to, with its zone.", metavar="2026-11-28T12:00:00Z"),
    ],
    region: Annotated[
        str | None, typer.Option(help="Region; by default the one of your AWS settings.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
) -> None:
    """Bring a table back: restore it to a point in time, into a new table beside it.

    It compares the two, counts their items, and writes the new table's name into the stage's file.
    The next deployment uses it. The table in use isn't changed. A second run goes on where the
    first ended. Exits with 0 if all went well.
    """
    from local.commands.stage import in_account

    options = ["--table", table, "--at", at, *(["--dry-run"] if dry_run else [])]
    raise typer.Exit(in_account("stacks.recovery", name, region, *options))
