"""`./gas bench simulate`: a day with a million jobs, simulated."""

import json
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from bench.measure import measure
from bench.report import Machine, Result, Row, Series, now, publish, require_runs, series
from local.progress import Steps

MAX_SECONDS = 10.0
MAX_PEAK_BYTES = 500 * 2**20
MIN_JOBS = 1_000_000

LOAD = ("annotator", "--load", "day", "--rate", "11.6", "--service-time", "0.4")
"""11.6 jobs per second are a million per day; at 0.4 s each, the largest group can do them."""


class SimulateResult(Result):
    """All figures."""

    jobs: int
    seconds: Series
    peak_bytes: Series


def bench_simulate(*, runs: int, out: Path, console: Console) -> None:
    """Measure, print the table and write the figures to `out` as JSON.

    Raises:
        LocalError: there are fewer than MIN_RUNS runs, or a simulation failed.
    """
    require_runs(runs)
    seconds, peaks, jobs = [], [], 0
    with (
        Steps(console) as steps,
        tempfile.TemporaryDirectory(prefix="gas-bench-") as name,
        steps.step("A day with a million jobs") as step,
    ):
        file = Path(name) / "result.json"
        for number in range(runs):
            step.detail = f"{number + 1} of {runs}"
            began = time.monotonic()
            run = measure([sys.executable, "-m", "scaling", "simulate", *LOAD, "--json", file])
            seconds.append(time.monotonic() - began)
            peaks.append(run.peak_bytes)
            jobs = int(json.loads(file.read_text())["totals"]["served"])
    result = SimulateResult(
        measured_at=now(),
        machine=Machine.this(),
        jobs=jobs,
        seconds=series(seconds),
        peak_bytes=series(peaks),
    )
    title = f"A day with {jobs:,} jobs, medians of {runs} runs"
    publish(result, rows(result), title=title, out=out, console=console)


def rows(result: SimulateResult) -> list[Row]:
    """The lines of the table."""
    peak = result.peak_bytes.median
    return [
        Row(
            "jobs served",
            f"{result.jobs:,}",
            f"at least {MIN_JOBS:,}",
            result.jobs >= MIN_JOBS,
        ),
        Row(
            "simulation, from start to end",
            f"{result.seconds.median:.2f} s",
            f"under {MAX_SECONDS:.0f} s",
            result.seconds.median < MAX_SECONDS,
        ),
        Row(
            "peak memory",
            f"{peak / 2**20:.0f} MiB",
            f"under {MAX_PEAK_BYTES / 2**20:.0f} MiB",
            peak < MAX_PEAK_BYTES,
        ),
    ]
