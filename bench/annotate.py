"""`./gas bench annotate`: the annotator against the bare engine, and the latency of a small job."""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, computed_field
from rich.console import Console

from bench.latency import job_latencies
from bench.measure import measure
from bench.records import read_reference, write_records
from bench.report import Machine, Result, Row, Series, now, publish, require_runs, series
from local.aws.account import Account
from local.aws.outputs import Outputs
from local.host import run_state
from local.host.folder import Folder
from local.progress import Steps
from local.temporary import temporary_platform

MAX_RATIO = 8.0
MAX_PEAK_BYTES = 1.5 * 2**30
MAX_LATENCY_SECONDS = 0.6


class Timings(BaseModel):
    """The output of a run, without the start of the process: a worker starts once for many jobs."""

    seconds: float
    stages: dict[str, float] = {}
    peak_bytes: int = 0


class AnnotateResult(Result):
    """All figures. Seconds and bytes."""

    records: int
    csq_seconds: Series
    annotator_seconds: Series
    annotator_peak_bytes: Series
    stage_seconds: dict[str, Series]
    latency_seconds: Series

    # mypy knows no decorated property: https://docs.pydantic.dev/latest/api/fields/
    @computed_field  # type: ignore[prop-decorator]
    @property
    def ratio(self) -> float:
        """The annotator's whole path divided by the bare engine, medians."""
        return self.annotator_seconds.median / self.csq_seconds.median


@dataclass(frozen=True)
class _Runs:
    csq: list[Timings]
    annotator: list[Timings]

    def stages(self) -> dict[str, Series]:
        """Seconds of each stage, run by run."""
        names = self.annotator[0].stages
        return {name: series([run.stages[name] for run in self.annotator]) for name in names}


def bench_annotate(*, records: int, runs: int, out: Path, console: Console) -> None:
    """Measure, print the table and write the figures to `out` as JSON.

    Raises:
        LocalError: there are fewer than MIN_RUNS runs, or something failed.
    """
    require_runs(runs)
    with Steps(console) as steps, tempfile.TemporaryDirectory(prefix="gas-bench-") as name:
        folder = Path(name)
        bundle = folder / "bundle"
        with steps.step("Build the bundle and the input"):
            measure([sys.executable, "-m", "reference", "rcrs", "--out", bundle])
            vcf = folder / "bench.vcf"
            write_records(read_reference(bundle), records, vcf)
        measured = _measure_runs(folder, vcf, bundle, runs, steps)
        sample = bundle / json.loads((bundle / "manifest.json").read_text())["sample"]
        latencies = _measure_latencies(sample, runs, steps)
    result = AnnotateResult(
        measured_at=now(),
        machine=Machine.this(),
        records=records,
        csq_seconds=series([run.seconds for run in measured.csq]),
        annotator_seconds=series([run.seconds for run in measured.annotator]),
        annotator_peak_bytes=series([run.peak_bytes for run in measured.annotator]),
        stage_seconds=measured.stages(),
        latency_seconds=series(latencies),
    )
    title = f"{records:,} records, medians of {runs} runs"
    publish(result, rows(result), title=title, out=out, console=console)


def _measure_runs(folder: Path, vcf: Path, bundle: Path, runs: int, steps: Steps) -> _Runs:
    """Measure bare engine and annotator in turn, so that other load on the machine affects both."""
    measured = _Runs([], [])
    results = folder / "results"
    results.mkdir()
    with steps.step("Bare csq and annotator, in turn") as step:
        for number in range(runs):
            step.detail = f"{number + 1} of {runs}"
            measured.csq.append(_measure_module("csq_run", vcf, bundle, folder / "csq.vcf"))
            measured.annotator.append(_measure_module("annotator_run", vcf, bundle, results))
    return measured


def _measure_module(name: str, *arguments: Path) -> Timings:
    run = measure([sys.executable, "-m", f"bench.{name}", *arguments])
    return Timings.model_validate(json.loads(run.output) | {"peak_bytes": run.peak_bytes})


def _measure_latencies(vcf: Path, runs: int, steps: Steps) -> list[float]:
    with _platform(steps) as (account, outputs), steps.step("Small jobs, one by one") as step:
        # The first job runs with cold caches and doesn't count.
        latencies = []
        for number, seconds in enumerate(job_latencies(account, outputs, vcf, runs + 1)):
            step.detail = f"{number} of {runs}"
            latencies.append(seconds)
        return latencies[1:]


@contextmanager
def _platform(steps: Steps) -> Iterator[tuple[Account, Outputs]]:
    """The running platform, or a temporary one."""
    run = run_state.running(Folder.of_repository())
    if run is not None and run.ready:
        file = Folder.of_repository().outputs_file
        yield Account(run.endpoint_url), Outputs.of_stacks(json.loads(file.read_text()))
        return
    with temporary_platform(steps) as platform:
        yield platform.account, platform.outputs


def rows(result: AnnotateResult) -> list[Row]:
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
