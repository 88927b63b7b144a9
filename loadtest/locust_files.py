"""Reads the files that Locust writes: a summary of all requests, and a point for each second.

https://docs.locust.io/en/stable/retrieving-stats.html
"""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

from loadtest.load_test_error import LoadTestError
from loadtest.profiles import Figures

FINAL_REQUESTS, FINAL_FAILURES = "requests.csv", "failures.csv"
"""Written at the end by loadtest/users.py. Locust's own files may lack the last second."""

TOTAL = "Aggregated"
"""The name of the row with the totals."""

PERCENTILES = ("50%", "95%", "99%")


@dataclass(frozen=True)
class Point:
    """A second of a run. Rates and response times are those of the last ten seconds.

    `percentiles_ms` are those of PERCENTILES, NaN before the first request. `time` is in epoch
    seconds.
    """

    time: int
    users: int
    requests_per_s: float
    failures_per_s: float
    percentiles_ms: tuple[float, ...]


@dataclass(frozen=True)
class Request:
    """All requests of one name."""

    method: str
    name: str
    figures: Figures


@dataclass(frozen=True)
class Failure:
    """An error, and how often it occurred."""

    method: str
    name: str
    error: str
    occurrences: int


def read_requests(file: Path) -> list[Request]:
    """Read `requests.csv`, in the form of `<prefix>_stats.csv`: requests by name, the total last.

    Raises:
        LoadTestError: the file or its total is missing, because Locust ended too early.
    """
    rows = [
        Request(method=row["Type"], name=row["Name"], figures=_figures(row)) for row in _rows(file)
    ]
    if not rows or rows[-1].name != TOTAL:
        raise LoadTestError(f"{file} has no row {TOTAL}: Locust ended too early.")
    return rows


def read_points(file: Path) -> list[Point]:
    """Read `<prefix>_stats_history.csv`.

    Raises:
        LoadTestError: the file is missing.
    """
    return [
        Point(
            time=int(row["Timestamp"]),
            users=int(row["User Count"]),
            requests_per_s=float(row["Requests/s"]),
            failures_per_s=float(row["Failures/s"]),
            percentiles_ms=tuple(_milliseconds(row[name]) for name in PERCENTILES),
        )
        for row in _rows(file)
        if row["Name"] == TOTAL
    ]


def read_failures(file: Path) -> list[Failure]:
    """Read `failures.csv`, in the form of `<prefix>_failures.csv`.

    Raises:
        LoadTestError: the file is missing.
    """
    return [
        Failure(row["Method"], row["Name"], row["Error"], int(row["Occurrences"]))
        for row in _rows(file)
    ]


def _rows(file: Path) -> list[dict[str, str]]:
    try:
        with file.open(newline="", encoding="utf-8") as lines:
            return list(csv.DictReader(lines))
    except FileNotFoundError as error:
        raise LoadTestError(f"Locust ended before it wrote {file}.") from error


def _figures(row: dict[str, str]) -> Figures:
    return Figures(
        requests=int(row["Request Count"]),
        failures=int(row["Failure Count"]),
        median_ms=float(row["Median Response Time"]),
        average_ms=float(row["Average Response Time"]),
        maximum_ms=float(row["Max Response Time"]),
        requests_per_s=float(row["Requests/s"]),
    )


def _milliseconds(text: str) -> float:
    return math.nan if text == "N/A" else float(text)
