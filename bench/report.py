"""The parts of every benchmark's result: figures with their targets, a table, a JSON file."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import psutil
from pydantic import BaseModel, ConfigDict, computed_field
from rich.console import Console
from rich.table import Table

from local.errors import LocalError

MIN_RUNS = 5
"""A median of fewer runs says little."""


class Series(BaseModel):
    """Several measurements of the same thing."""

    model_config = ConfigDict(frozen=True)

    values: tuple[float, ...]

    @computed_field  # type: ignore[prop-decorator] # mypy knows no decorated property
    @property
    def median(self) -> float:
        """The median."""
        return median(self.values)


class Machine(BaseModel):
    """The machine of a measurement."""

    model_config = ConfigDict(frozen=True)

    cores: int
    memory_bytes: int
    system: str
    python: str

    @classmethod
    def this(cls) -> "Machine":
        """This machine."""
        return cls(
            cores=psutil.cpu_count() or 1,
            memory_bytes=psutil.virtual_memory().total,
            system=platform.platform(),
            python=platform.python_version(),
        )


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    what: str
    value: str
    target: str = ""
    met: bool | None = None


class Result(BaseModel):
    """The figures of a benchmark."""

    model_config = ConfigDict(frozen=True)

    measured_at: datetime
    machine: Machine


def require_runs(runs: int) -> None:
    """Raise LocalError when there are too few runs for a median."""
    if runs < MIN_RUNS:
        raise LocalError(f"Medians need at least {MIN_RUNS} runs.")


def publish(
    result: Result, lines: Sequence[Row], *, title: str, out: Path, console: Console
) -> None:
    """Print the lines as a table, and write all figures to `out` as JSON.

    Raises:
        LocalError: `out` can't be written.
    """
    show(lines, title=title, console=console)
    save(result, out=out, console=console)


def show(lines: Sequence[Row], *, title: str, console: Console) -> None:
    """Print the lines as a table: of a part as it comes, so that a later failure can't lose it."""
    console.print(figures(title, lines, Machine.this()))


def save(result: Result, *, out: Path, console: Console) -> None:
    """Write all figures to `out` as JSON.

    Raises:
        LocalError: `out` can't be written.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(result.model_dump_json(indent=1) + "\n")
    except OSError as error:
        raise LocalError(f"{out} can't be written: {error.strerror}.") from error
    console.print(f"The figures of each run: {out}", soft_wrap=True)


def figures(title: str, lines: Sequence[Row], machine: Machine) -> Table:
    """Return the lines of a benchmark as a table."""
    table = Table(title=f"{title}, {machine.cores} cores", title_justify="left")
    table.add_column("What")
    table.add_column("Median", justify="right")
    table.add_column("Target")
    table.add_column("Met")
    for row in lines:
        met = {None: "", True: "[green]yes[/green]", False: "[red]NO[/red]"}[row.met]
        table.add_row(row.what, row.value, row.target, met)
    return table


def now() -> datetime:
    """The time of a measurement."""
    return datetime.now(UTC)


def series(values: Sequence[float]) -> Series:
    """Make a series of numbers."""
    return Series(values=tuple(values))
