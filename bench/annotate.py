"""`./gas bench annotate`: the annotator against a bare engine, and a small job's way."""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel
from rich.console import Console

from bench.annotate_report import AnnotateResult, rows
from bench.latency import job_latencies
from bench.measure import measure
from bench.records import read_reference, write_records
from bench.report import Machine, Series, now, publish, series
from local.aws.account import Account
from local.aws.outputs import Outputs
from local.errors import LocalError
from local.host import run_state
from local.host.folder import Folder
from local.progress import Steps
from local.temporary import temporary_platform

FEWEST_RUNS = 5


class Timings(BaseModel):
    """What a run prints about itself; not its start: a worker starts once for all its jobs."""

    seconds: float
    stages: dict[str, float] = {}
    peak_bytes: int = 0


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
        LocalError: fewer than FEWEST_RUNS runs were asked for, or something failed.
    """
    if runs < FEWEST_RUNS:
        raise LocalError(f"Medians need {FEWEST_RUNS} runs at least.")
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
    """Bare engine and annotator in turn, so that what else the machine does hits both."""
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
        # The first one finds nothing warm; it doesn't count.
        latencies = []
        for number, seconds in enumerate(job_latencies(account, outputs, vcf, runs + 1)):
            step.detail = f"{number} of {runs}"
            latencies.append(seconds)
        return latencies[1:]


@contextmanager
def _platform(steps: Steps) -> Iterator[tuple[Account, Outputs]]:
    """The platform that runs, or one for this purpose."""
    run = run_state.running(Folder.of_repository())
    if run is not None and run.ready:
        file = Folder.of_repository().outputs_file
        yield Account(run.endpoint_url), Outputs.of_stacks(json.loads(file.read_text()))
        return
    with temporary_platform(steps) as platform:
        yield platform.account, platform.outputs
