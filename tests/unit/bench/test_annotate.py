"""The figures of the annotator's benchmark are right, and each run measures what it says."""

import io
import json
import sys
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from bench import report
from bench.alleles import write_every_snv
from bench.annotate_report import (
    AnnotateResult,
    PartResult,
    SmallJob,
    ToolFigures,
    part_rows,
    small_row,
)
from bench.annotate_runs import Input, Printed, measure_runs
from bench.measure import cpu_seconds, measure
from local.errors import LocalError
from local.progress import Step
from reference.rcrs.build import build_rcrs
from runtime.vcf.fasta import Fasta


def test_should_count_the_memory_of_children_when_a_command_is_measured() -> None:
    child = "x = b'x' * 100_000_000; import time; time.sleep(0.5)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"

    run = measure([sys.executable, "-c", parent])

    assert run.peak_bytes > run.peak_own_bytes > 100_000_000


def test_should_leave_mapped_files_out_of_own_memory_when_measured(tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(bytes(100_000_000))
    reads = f"import mmap, time; f = open({str(large)!r}); m = mmap.mmap(f.fileno(), 0, prot=1)"
    touches = "[m[at] for at in range(0, len(m), 4096)]; time.sleep(0.5)"

    run = measure([sys.executable, "-c", f"{reads}; {touches}"])

    assert run.peak_own_bytes < 100_000_000 < run.peak_bytes


def test_should_say_what_it_printed_when_a_measured_command_fails() -> None:
    with pytest.raises(LocalError, match="ValueError: no"):
        measure([sys.executable, "-c", "raise ValueError('no')"])


def test_should_leave_no_process_when_a_measured_command_is_ended(tmp_path: Path) -> None:
    child = "import time; time.sleep(600.25)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"

    with pytest.raises(LocalError, match="took more than"):
        measure([sys.executable, "-c", parent], seconds=2)

    left = [
        each for each in psutil.process_iter(["cmdline"]) if child in (each.info["cmdline"] or ())
    ]
    assert left == []


def test_should_count_the_processor_time_of_children_that_have_ended() -> None:
    before = cpu_seconds()

    measure([sys.executable, "-c", "sum(range(3_000_000))"])

    assert cpu_seconds() > before


def test_should_compare_the_annotator_with_a_bare_engine_when_runs_are_measured(
    tmp_path: Path,
) -> None:
    bundle, vcf = tmp_path / "rcrs", tmp_path / "snvs.vcf"
    build_rcrs(bundle)
    (fasta,) = bundle.glob("*.fa")
    alleles = write_every_snv(Fasta(fasta), vcf)
    work = Input("every SNV", vcf, bundle, engine="csq", max_ratio=10, alleles=alleles)

    result = measure_runs(work, tmp_path, 1, None, Step("runs"))

    assert result.alleles == 49_704
    assert result.effects >= result.alleles
    assert set(result.stage_seconds) == {"check", "annotate", "index", "report"}
    annotated = (tmp_path / "csq_run" / "csq.vcf").read_text()
    assert annotated.count("BCSQ=") > 30_000
    assert result.snpeff is None


def tool(seconds: float, peak: float = 2**20) -> ToolFigures:
    return ToolFigures(
        seconds=report.series([seconds, 0.1, 99.0]),
        cpu_seconds=report.series([seconds]),
        peak_bytes=report.series([2 * peak]),
        peak_own_bytes=report.series([peak]),
    )


def rows_of(result: AnnotateResult) -> list[report.Row]:
    parts = [row for part in result.parts for row in part_rows(part)]
    return [*parts, *map(small_row, result.small_jobs)]


def result(annotator_seconds: float, peak: float, latency: float) -> AnnotateResult:
    part = PartResult(
        title="a part",
        alleles=1000,
        effects=6000,
        engine="vepyr",
        max_ratio=2.5,
        bare=tool(2.0),
        annotator=tool(annotator_seconds, peak),
        stage_seconds={"check": report.series([1.0, 0.5, 3.0])},
        snpeff=None,
    )
    small = SmallJob(
        title="a small one", latency_seconds=report.series([latency, 9.0, 0.1]), max_seconds=3.0
    )
    return AnnotateResult(
        measured_at=report.now(),
        machine=report.Machine.this(),
        parts=[part],
        small_jobs=[small],
        snpeff="not installed",
    )


@pytest.mark.parametrize(
    ("annotator_seconds", "peak", "latency", "met"),
    [
        (5.0, 1.5 * 2**30, 2.9, (True, True, True)),
        (5.1, 2**30, 0.5, (False, True, True)),
        (4.0, 1.6 * 2**30, 0.5, (True, False, True)),
        (4.0, 2**30, 3.0, (True, True, False)),
    ],
)
def test_should_say_which_targets_are_met_when_figures_are_reported(
    annotator_seconds: float, peak: float, latency: float, met: tuple[bool, ...]
) -> None:
    rows = rows_of(result(annotator_seconds, peak, latency))

    assert tuple(row.met for row in rows if row.met is not None) == met


def test_should_take_medians_when_figures_are_reported() -> None:
    figures = result(4.0, 2**30, 0.4)

    assert figures.parts[0].ratio == 2.0
    assert figures.parts[0].cpu_ratio == 2.0
    assert figures.small_jobs[0].latency_seconds.median == 0.4
    assert '"ratio":2.0' in figures.model_dump_json().replace(" ", "")


def test_should_show_each_stages_share_when_figures_are_reported() -> None:
    values = {row.what.strip(): row.value for row in rows_of(result(4.0, 2**30, 0.4))}

    assert values["check"].split() == ["1.00", "s", "25.0%"]
    assert values["between the stages"].split() == ["3.00", "s", "75.0%"]


def test_should_say_so_when_snpeff_did_not_run() -> None:
    values = {row.what: row.value for row in rows_of(result(4.0, 2**30, 0.4))}

    assert values["SnpEff"] == "not run"


def test_should_show_figures_and_keep_each_run_when_a_result_is_published(tmp_path: Path) -> None:
    console = Console(file=io.StringIO(), record=True, width=120)
    measured, out = result(4.0, 2**30, 0.4), tmp_path / "new/annotate.json"

    report.publish(measured, rows_of(measured), title="A title", out=out, console=console)

    kept = json.loads(out.read_text())
    assert kept["parts"][0]["bare"]["seconds"]["values"] == [2.0, 0.1, 99.0]
    assert kept["machine"]["cores"] == measured.machine.cores
    said = console.export_text()
    assert "A title" in said
    assert "a small one, publish to COMPLETED" in said
    assert str(out) in said


def test_should_show_figures_all_the_same_when_they_cannot_be_written(tmp_path: Path) -> None:
    console = Console(file=io.StringIO(), record=True, width=120)
    measured = result(4.0, 2**30, 0.4)

    with pytest.raises(LocalError, match="can't be written: Is a directory"):
        report.publish(measured, rows_of(measured), title="x", out=tmp_path, console=console)
    assert "a small one, publish to COMPLETED" in console.export_text()


def test_should_read_what_a_run_prints() -> None:
    printed = Printed.model_validate_json(
        '{"seconds": 2, "cpu_seconds": 3, "stages": {"check": 1}}'
    )

    assert (printed.seconds, printed.cpu_seconds, printed.effects) == (2.0, 3.0, 0)
