"""Options of several commands."""

import typer

from local.aws.autoscaling.clock import TIME_SCALES


def time_scale(text: str) -> int:
    """Read a time scale. Raises typer.BadParameter."""
    known = {str(scale): scale for scale in TIME_SCALES}
    if str(text) not in known:
        raise typer.BadParameter(f"expected one of {', '.join(known)}, but got '{text}'")
    return known[str(text)]
