"""The pages of the site that are made when it is built, and are in no folder."""

from collections.abc import Callable

from typer.core import TyperCommand
from typer.main import get_group

from local.commands.cli import app
from local.commands.stage import settings_page
from local.docs.command_page import command_page
from local.docs.result_pages import filter_page, result_page
from local.host.folder import REPOSITORY
from scaling.command_line import app as scaling_app

READMES = {
    "reference/README.md": "how-to/reference-bundles.md",
    "runtime/annotator/README.md": "explanation/annotator.md",
}
"""Pages of other folders, and where the site has them."""


def _commands() -> str:
    simulate = get_group(scaling_app).commands["simulate"]
    if not isinstance(simulate, TyperCommand):
        raise TypeError("simulate is no command")
    return command_page(app, {"simulate": simulate})


def _readme(path: str) -> Callable[[], str]:
    return lambda: (REPOSITORY / path).read_text(encoding="utf-8")


GENERATED: dict[str, Callable[[], str]] = {
    "reference/commands.md": _commands,
    "reference/settings.md": settings_page,
    "reference/result-files.md": result_page,
    "reference/filters.md": filter_page,
    **{page: _readme(path) for path, page in READMES.items()},
}
"""By path below docs/: what makes the page."""
