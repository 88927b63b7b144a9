"""What a command prints: results on stdout, all else on stderr."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypedDict

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TransferSpeedColumn,
)

from gas_client.errors import ClientError, Refused


class ErrorDocument(TypedDict):
    """An error as `--json` has it; `status` and `type` are the service's, if it refused."""

    exit_code: int
    message: str
    status: int | None
    type: str | None


def error_document(error: ClientError) -> ErrorDocument:
    """Return an error as `--json` has it."""
    return {
        "exit_code": int(error.exit_code),
        "message": str(error),
        "status": error.status if isinstance(error, Refused) else None,
        "type": error.problem if isinstance(error, Refused) else None,
    }


class Output:
    """Prints for a person, or one JSON document for a script.

    Args:
        as_json: print the document.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self._console = Console(stderr=True, highlight=False)

    def document(self, value: object) -> None:
        """Print the document, if that is wanted."""
        if self.as_json:
            sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")

    def line(self, text: str) -> None:
        """Print a line for a person."""
        if not self.as_json:
            sys.stdout.write(printable(text) + "\n")

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Print rows with tabs between their cells, for a person and for cut and awk alike."""
        self._row(columns)
        for row in rows:
            self._row(["." if cell in (None, "") else str(cell) for cell in row])

    def say(self, text: str) -> None:
        """Say something that isn't a result."""
        self._console.print(printable(text), soft_wrap=True, markup=False)

    @contextmanager
    def bytes_bar(self, label: str, total: int | None) -> Iterator[Progress]:
        """Show how much of `total` bytes has gone by, if stderr is a terminal."""
        columns = (
            *(TextColumn("{task.description}", markup=False), BarColumn()),
            *(DownloadColumn(), TransferSpeedColumn()),
        )
        with self._progress(*columns) as progress:
            progress.add_task(printable(label), total=total)
            yield progress

    @contextmanager
    def status(self) -> Iterator[Callable[[str], None]]:
        """Show a line that changes, if stderr is a terminal."""
        with self._progress(
            SpinnerColumn(), TextColumn("{task.description}", markup=False)
        ) as progress:
            task = progress.add_task("")
            yield lambda text: progress.update(task, description=printable(text))

    def _progress(self, *columns: Any) -> Progress:
        shown = self._console.is_terminal
        return Progress(*columns, console=self._console, transient=True, disable=not shown)

    def _row(self, cells: Sequence[str]) -> None:
        # A tab or a line break inside a cell would make another cell of it.
        self.line("\t".join(" ".join(printable(cell).split("\t")) for cell in cells))


def printable(text: str) -> str:
    """Return a text without control characters: a name may hold some that steer a terminal."""
    return "".join(each if each.isprintable() or each == "\t" else " " for each in text)
