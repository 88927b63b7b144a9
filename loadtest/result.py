"""The result of a load test."""

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil

from loadtest.comparison import Row
from loadtest.history import History

INTERRUPTED = "It was ended early by Ctrl-C."


@dataclass(frozen=True)
class Table:
    """A table of a report; the columns in `numbers` are right-aligned."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Result:
    """A finished load test.

    Attributes:
        name: part of its files' names.
        title: of its report.
        facts: the conditions of the run, as pairs of a name and a text.
        figures: the measurements.
        history: the state of the fleets during the run.
        fleets: the names of the fleets in the report.
        draw: draws the picture to a file; raises OSError.
        tables: further tables of the report.
        faults: a sentence for each thing that went wrong; empty when all went well.
        notes: further sentences for the reader.
    """

    name: str
    title: str
    facts: Sequence[tuple[str, str]]
    figures: Sequence[Row]
    history: History
    fleets: tuple[str, ...]
    draw: Callable[[Path], None]
    tables: Sequence[Table] = ()
    faults: Sequence[str] = ()
    notes: Sequence[str] = field(default=())


def machine() -> str:
    """Describe this machine in words."""
    gibibytes = psutil.virtual_memory().total / 2**30
    return f"{psutil.cpu_count()} cores, {gibibytes:.0f} GiB, {platform.system()}"


def today(epoch_seconds: float) -> str:
    """Return a time as text."""
    return datetime.fromtimestamp(epoch_seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
