"""What a load test found, as its report shows it."""

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil

from loadtest.comparison import Row
from loadtest.history import History


@dataclass(frozen=True)
class Table:
    """A table of a report; `numbers` says which columns are set to the right."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Result:
    """A load test that was run.

    Attributes:
        name: what its files are called.
        title: what its report is called.
        facts: what was done and on what, as pairs of a name and a text.
        figures: what was measured.
        history: how the fleets stood meanwhile.
        fleets: those that the report is about.
        draw: draws the picture to a file; raises OSError.
        tables: what else the report tells.
        faults: what went wrong, a sentence each; empty when all went well.
        notes: what the reader should know.
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
    """Return what this machine is, in words."""
    gibibytes = psutil.virtual_memory().total / 2**30
    return f"{psutil.cpu_count()} cores, {gibibytes:.0f} GiB, {platform.system()}"


def today(epoch_seconds: float) -> str:
    """Return when a run began."""
    return datetime.fromtimestamp(epoch_seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
