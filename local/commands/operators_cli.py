"""The commands of `./gas operators`."""

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

app = typer.Typer(
    help="Say who may use the operator's pages of a stage. It needs the AWS credentials of the "
    "stage's administrator; the site can't give the role.",
    no_args_is_help=True,
)

Stage = Annotated[str, typer.Option("--stage", help="Name of a file in stages/, without .toml.")]
Region = Annotated[
    str | None, typer.Option(help="Region; by default the one of your AWS settings.")
]
Email = Annotated[str, typer.Argument(help="Email address of an account that is there.")]


@app.command("add")
def add_command(email: Email, stage: Stage, region: Region = None) -> None:
    """Give the role to an account. Its address must be confirmed."""
    from local.commands.operators import of_stage

    of_stage(stage, region).add(email)
    _say(f"{email} is an operator of stage {stage} now. The pages are at /operator.")


@app.command("remove")
def remove_command(email: Email, stage: Stage, region: Region = None) -> None:
    """Take the role away. The account's sessions end; all else of it stays."""
    from local.commands.operators import of_stage

    of_stage(stage, region).remove(email)
    _say(f"{email} is no operator of stage {stage} any more.")


@app.command("list")
def list_command(stage: Stage, region: Region = None) -> None:
    """List the accounts that have the role."""
    from local.commands.operators import of_stage

    of_stage(stage, region).show(Console(highlight=False))


def _say(sentence: str) -> None:
    Console(highlight=False).print(escape(sentence), soft_wrap=True)
