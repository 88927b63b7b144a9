"""The command line of `./gas stage`."""

from typing import Annotated

import typer

app = typer.Typer(
    help="Show the stages, which hold all differences between deployments.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


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
