"""The result of `./gas bench annotate`: figures with their targets, as a table and as JSON."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

import psutil
from pydantic import BaseModel, ConfigDict, computed_field
from rich.table import Table

MAX_RATIO = 8.0
MAX_PEAK_BYTES = 1.5 * 2**30
MAX_LATENCY_SECONDS = 0.6


class Series(BaseModel):
    """The same thing measured several times."""

    model_config = ConfigDict(frozen=True)

    values: tuple[float, ...]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def median(self) -> float:
        """The middle one."""
        return median(self.values)


class Machine(BaseModel):
    """Where it was measured."""

    model_config = ConfigDict(frozen=True)

    cores: int
    memory_bytes: int
    system: str
    python: str

    @classmethod
    def this(cls) -> "Machine":
        """The machine that this runs on."""
        return cls(
            cores=psutil.cpu_count() or 1,
            memory_bytes=psutil.virtual_memory().total,
            system=platform.platform(),
            python=platform.python_version(),
        )


class Result(BaseModel):
    """All figures of one benchmark. Seconds and bytes."""

    model_config = ConfigDict(frozen=True)

    measured_at: datetime
    machine: Machine
    records: int
    csq_seconds: Series
    annotator_seconds: Series
    annotator_peak_bytes: Series
    stage_seconds: dict[str, Series]
    latency_seconds: Series

    @computed_field  # type: ignore[prop-decorator]
    @property
    def ratio(self) -> float:
        """The annotator's whole path over the bare engine, medians."""
        return self.annotator_seconds.median / self.csq_seconds.median


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    what: str
    value: str
    target: str = ""
    met: bool | None = None


def rows(result: Result) -> list[Row]:
    """The lines of the table."""
    peak = result.annotator_peak_bytes.median
    latency = result.latency_seconds.median
    whole = result.annotator_seconds.median
    return [
        Row("bare bcftools csq", _seconds(result.csq_seconds)),
        Row("annotator, whole path", _seconds(result.annotator_seconds)),
        *_stage_rows(result.stage_seconds, whole),
        Row(
            "whole path / bare csq",
            f"{result.ratio:.1f} x",
            f"at most {MAX_RATIO:.0f} x",
            result.ratio <= MAX_RATIO,
        ),
        Row(
            "annotator, peak memory",
            f"{peak / 2**20:.0f} MiB",
            f"under {MAX_PEAK_BYTES / 2**20:.0f} MiB",
            peak < MAX_PEAK_BYTES,
        ),
        Row(
            "small job, publish to COMPLETED",
            _seconds(result.latency_seconds),
            f"under {MAX_LATENCY_SECONDS} s",
            latency < MAX_LATENCY_SECONDS,
        ),
    ]


def _stage_rows(stages: dict[str, Series], whole: float) -> list[Row]:
    known = [
        Row(f"  {name}", f"{_seconds(series)} {series.median / whole:6.1%}")
        for name, series in stages.items()
    ]
    rest = whole - sum(series.median for series in stages.values())
    return [*known, Row("  between the stages", f"{rest:.2f} s {rest / whole:6.1%}")]


def _seconds(series: Series) -> str:
    return f"{series.median:.2f} s"


def table(result: Result) -> Table:
    """The table for a person."""
    runs = len(result.csq_seconds.values)
    title = f"{result.records:,} records, medians of {runs} runs"
    return figures(title, rows(result), result.machine)


def figures(title: str, lines: Sequence[Row], machine: Machine) -> Table:
    """The lines of a benchmark as a table for a person."""
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
    """Make a series of plain numbers."""
    return Series(values=tuple(values))
