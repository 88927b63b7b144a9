"""Reads a load from a CSV file.

Its columns are `second,requests_per_s` (web) or `second,jobs_per_s` (annotator).
"""

import csv
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from scaling.rules import FleetName
from scaling.simulate.loads import Load

RATE_COLUMN = {FleetName.WEB: "requests_per_s", FleetName.ANNOTATOR: "jobs_per_s"}
LATENCY_COLUMN = "latency_s"
MAX_DURATION_S = 31 * 86_400
Row = tuple[int, float, float | None]
"""Second, rate, latency in s where the file has one."""


class BadTrace(ValueError):
    """A trace that can't be used; the text names file, line and what was expected."""


def read_trace(path: Path, fleet: FleetName, *, duration_s: int | None = None) -> Load:
    """Read a trace: each row holds until the next.

    The last row holds until `duration_s`, by default for as long as the row before it did; the
    first minute is always complete. Raises BadTrace.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(_rows(csv.reader(file), path, RATE_COLUMN[fleet]))
    except OSError as error:
        raise BadTrace(f"{path}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadTrace(f"{path}: expected CSV text in UTF-8: {error}") from error
    if not rows:
        raise BadTrace(f"{path}: expected a row of numbers below the header, and found none")
    return _load(rows, path.name, duration_s)


def _rows(reader: Iterator[list[str]], path: Path, rate_column: str) -> Iterator[Row]:
    """Yield the rows, each checked."""
    header = [name.strip() for name in next(reader, [])]
    columns = ["second", rate_column]
    if header not in (columns, [*columns, LATENCY_COLUMN]):
        found = ",".join(header) or "nothing"
        raise BadTrace(
            f"{path}, line 1: expected the header {','.join(columns)} "
            f"(optionally with ,{LATENCY_COLUMN}), and found {found}"
        )
    before = -1
    for line, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        where = f"{path}, line {line}"
        if len(cells) != len(header):
            raise BadTrace(f"{where}: expected {len(header)} columns, and found {len(cells)}")
        row = _row(cells, header, where)
        if row[0] <= before:
            raise BadTrace(f"{where}: second {row[0]} must come after second {before}")
        before = row[0]
        yield row


def _row(cells: list[str], header: list[str], where: str) -> Row:
    values = [_number(cell, name, where) for cell, name in zip(cells, header, strict=True)]
    if values[0] != int(values[0]) or values[0] > MAX_DURATION_S:
        raise BadTrace(
            f"{where}: second must be a whole number up to {MAX_DURATION_S}, "
            f"and is {cells[0].strip()}"
        )
    return int(values[0]), values[1], values[2] if len(values) > 2 else None


def _number(cell: str, name: str, where: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise BadTrace(f"{where}: {name} must be a number of 0 or more, and is '{cell.strip()}'")
    return value


def _load(rows: list[Row], label: str, duration_s: int | None) -> Load:
    seconds = [row[0] for row in rows]
    last = seconds[-1] - seconds[-2] if len(rows) > 1 else 1
    end = max(60, seconds[-1] + last) if duration_s is None else duration_s
    rates, latency = np.zeros(end), np.zeros(end)
    for (second, rate, taken), until in zip(rows, [*seconds[1:], end], strict=True):
        rates[second:until] = rate
        latency[second:until] = taken or 0
    measured = rows[0][2] is not None
    return Load(label=label, rates=rates, even=True, latency_s=latency if measured else None)
