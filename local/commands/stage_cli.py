"""The command line of `./gas stage`."""

from typing import Annotated

import typer

app = typer.Typer(
    help="Show the stages, which hold all differences between deployments.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@app.callback()
def _stages() -> None:
    """Keep `show` a command of its own: typer takes the only one for the whole app."""


@app.command("show")
def show_command(
    name: Annotated[str, typer.Argument(help="Name of a file in stages/, without .toml.")],
) -> None:
    """Show the settings of a stage: the value, origin and meaning of each key.

    Exits with 1 if the file is wrong, and names every wrong key with what was expected.
    """
    from local.commands.stage import describe

    typer.echo(describe(name), nl=False)
