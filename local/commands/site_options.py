"""Options of the commands that are users of a site."""

from typing import Annotated

import typer

Url = Annotated[
    str | None, typer.Option(envvar="GAS_URL", help="The site; by default the running platform.")
]
Email = Annotated[
    str | None,
    typer.Option(envvar="GAS_EMAIL", help="Email address of the user; by default the demo user."),
]
Timeout = Annotated[float, typer.Option(help="Seconds to wait for the result.", min=1)]
