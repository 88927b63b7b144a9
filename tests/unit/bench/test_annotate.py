"""The benchmark's input is the same each time and fits its reference; its figures are right."""

import hashlib
import io
import json
import sys
from pathlib import Path

import pytest
from rich.console import Console

from bench import report
from bench.annotate import AnnotateResult
from bench.annotate import rows as rows_of
from bench.measure import measure
from bench.records import COLUMNS, Sequence, write_records
from local.errors import LocalError

REFERENCE = [Sequence("one", "ACGTACGTAC" * 10), Sequence("two", "GATTACA" * 3)]


def write(tmp_path: Path, count: int) -> list[list[str]]:
    vcf = tmp_path / "records.vcf"
    write_records(REFERENCE, count, vcf)
    lines = vcf.read_text().splitlines(keepends=True)
    return [line.rstrip("\n").split("\t") for line in lines[lines.index(COLUMNS) + 1 :]]


@pytest.mark.parametrize("count", [1, 20, 121, 1000])
def test_should_write_as_many_records_as_asked_when_there_are_several_contigs(
    tmp_path: Path, count: int
) -> None:
    assert len(write(tmp_path, count)) == count


def test_should_agree_with_the_reference_when_records_are_written(tmp_path: Path) -> None:
    bases = {sequence.name: sequence.bases for sequence in REFERENCE}

    for contig, position, _, ref, alt, *_ in write(tmp_path, 5000):
        begin = int(position) - 1
        assert bases[contig][begin : begin + len(ref)] == ref
        assert ref != alt
        assert ref[0] == alt[0] or len(ref) == len(alt) == 1


def test_should_be_in_order_when_records_are_written(tmp_path: Path) -> None:
    names = [sequence.name for sequence in REFERENCE]
    places = [(names.index(row[0]), int(row[1])) for row in write(tmp_path, 500)]

    assert places == sorted(places)


def test_should_write_the_same_bytes_when_written_again(tmp_path: Path) -> None:
    digests = set()
    for name in ("a", "b"):
        write_records(REFERENCE, 1000, tmp_path / name)
        digests.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())

    assert len(digests) == 1


def test_should_count_the_memory_of_children_when_a_command_is_measured() -> None:
    child = "x = b'x' * 100_000_000; import time; time.sleep(0.5)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"

    run = measure([sys.executable, "-c", parent])

    assert run.peak_bytes > 100_000_000


def test_should_say_what_it_printed_when_a_measured_command_fails() -> None:
    with pytest.raises(LocalError, match="ValueError: no"):
        measure([sys.executable, "-c", "raise ValueError('no')"])


def result(annotator_seconds: float, peak: float, latency: float) -> AnnotateResult:
    return AnnotateResult(
        measured_at=report.now(),
        machine=report.Machine.this(),
        records=500_000,
        csq_seconds=report.series([1.0, 0.9, 5.0]),
        annotator_seconds=report.series([annotator_seconds] * 3),
        annotator_peak_bytes=report.series([peak] * 3),
        stage_seconds={"check": report.series([2.0, 1.0, 3.0])},
        latency_seconds=report.series([latency, 9.0, 0.1]),
    )


@pytest.mark.parametrize(
    ("annotator_seconds", "peak", "latency", "met"),
    [
        (8.0, 2**30, 0.5, (True, True, True)),
        (8.1, 2**30, 0.5, (False, True, True)),
        (8.0, 1.5 * 2**30, 0.5, (True, False, True)),
        (8.0, 2**30, 0.6, (True, True, False)),
    ],
)
def test_should_say_which_targets_are_met_when_figures_are_reported(
    annotator_seconds: float, peak: float, latency: float, met: tuple[bool, ...]
) -> None:
    rows = rows_of(result(annotator_seconds, peak, latency))

    assert tuple(row.met for row in rows if row.met is not None) == met


def test_should_take_medians_when_figures_are_reported() -> None:
    figures = result(4.0, 2**30, 0.4)

    assert figures.csq_seconds.median == 1.0
    assert figures.ratio == 4.0
    assert figures.latency_seconds.median == 0.4
    assert '"median":0.4' in figures.model_dump_json().replace(" ", "")


def test_should_show_each_stages_share_when_figures_are_reported() -> None:
    values = {row.what.strip(): row.value for row in rows_of(result(4.0, 2**30, 0.4))}

    assert values["check"].split() == ["2.00", "s", "50.0%"]
    assert values["between the stages"].split() == ["2.00", "s", "50.0%"]


def test_should_show_figures_and_keep_each_run_when_a_result_is_published(tmp_path: Path) -> None:
    console = Console(file=io.StringIO(), record=True, width=120)
    measured, out = result(4.0, 2**30, 0.4), tmp_path / "new/annotate.json"

    report.publish(measured, rows_of(measured), title="A title", out=out, console=console)

    kept = json.loads(out.read_text())
    assert kept["csq_seconds"]["values"] == [1.0, 0.9, 5.0]
    assert kept["machine"]["cores"] == measured.machine.cores
    said = console.export_text()
    assert "A title" in said
    assert "small job, publish to COMPLETED" in said
    assert str(out) in said


def test_should_show_figures_all_the_same_when_they_cannot_be_written(tmp_path: Path) -> None:
    console = Console(file=io.StringIO(), record=True, width=120)
    measured = result(4.0, 2**30, 0.4)

    with pytest.raises(LocalError, match="can't be written: Is a directory"):
        report.publish(measured, rows_of(measured), title="x", out=tmp_path, console=console)
    assert "small job, publish to COMPLETED" in console.export_text()
