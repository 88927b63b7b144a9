"""`./gas bench genomes`: a reference of human size, and jobs of 100 and of a million variants."""

import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from pydantic import BaseModel
from rich.console import Console

from bench import bundles
from bench.alleles import write_spread
from bench.annotate import shows_alleles
from bench.genome import HUMAN, MANY_TRANSCRIPTS, Shape, write_genome
from bench.measure import Measurement, measure
from bench.report import Machine, Result, Row, Series, now, publish, series
from local.progress import Steps
from runtime.common.input_size import ALLELES_PER_CORE_SECOND
from runtime.common.manifest import FILE_NAME
from runtime.vcf.fasta import Fasta

SMALL = 100
SMALL_RUNS = 5
MAX_BUILD_BYTES = 8 * 2**30
MAX_OWN_BYTES = 2**29
"""Of the annotator's own process: whatever the file, the reference or the number of references."""


class Printed(BaseModel):
    """The output of genomes_run."""

    class Job(BaseModel):
        """A job; `engine_bytes` is the most that one of its engines held."""

        seconds: float
        engine_bytes: int

    load_seconds: float
    read_seconds: float
    own_bytes: int
    engines: int
    jobs: list[Job]


class Built(BaseModel):
    """A build of the bundle."""

    seconds: float
    peak_own_bytes: int


class GenomesResult(Result):
    """All figures. Seconds and bytes; memory is without pages of files.

    Attributes:
        many_transcripts: whether the reference was that of MANY_TRANSCRIPTS.
        built: None where the bundle wasn't built anew.
        load_seconds: of a start, checking the files.
        read_seconds: of a start, reading the transcripts.
        own_bytes: of the annotator's process after its start.
        side_by_side_bytes: the same with a second reference.
        small_seconds: jobs of SMALL variants.
        large_alleles, large_seconds: of the large job.
        engine_bytes: the most that an engine held in it, with pages of files.
        peak_own_bytes: of all processes together in it.
        engines: how many ran at once.
    """

    many_transcripts: bool
    built: Built | None
    load_seconds: float
    read_seconds: float
    own_bytes: int
    side_by_side_bytes: int
    small_seconds: Series
    large_alleles: int
    large_seconds: float
    engine_bytes: int
    peak_own_bytes: int
    engines: int


def bench_genomes(
    *, alleles: int, many_transcripts: bool, build: bool, out: Path, console: Console
) -> None:
    """Measure, print the table and write the figures to `out` as JSON.

    Args:
        alleles: of the large job.
        many_transcripts: with the reference of MANY_TRANSCRIPTS.
        build: build the bundle anew too, and measure that.
        out: the file for the figures.
        console: the terminal.

    Raises:
        LocalError: something failed.
    """
    kept, shape = ("many", MANY_TRANSCRIPTS) if many_transcripts else ("human", HUMAN)
    with Steps(console) as steps, tempfile.TemporaryDirectory(prefix="gas-bench-") as name:
        built = _build(kept, shape, steps) if build else None
        human, rcrs = bundles.shaped_bundle(kept, shape, steps), bundles.rcrs_bundle(steps)
        figures = _measure_jobs(Path(name), human, rcrs, alleles, steps)
    result = GenomesResult(
        measured_at=now(),
        machine=Machine.this(),
        many_transcripts=many_transcripts,
        built=built,
        **figures,
    )
    title = "A genome of human size"
    if many_transcripts:
        title += ", with 520,000 transcripts"
    publish(result, rows(result), title=title, out=out, console=console)


def _measure_jobs(
    folder: Path, human: Path, rcrs: Path, alleles: int, steps: Steps
) -> dict[str, Any]:
    """Return the fields of GenomesResult that are measured of starts and jobs."""
    manifest = json.loads((human / FILE_NAME).read_bytes())
    fasta = Fasta(human / manifest["fasta"])
    small, large = folder / "small.vcf", folder / "large.vcf"
    with steps.step("Write the inputs") as step:
        write_spread(fasta, SMALL, small)
        written = write_spread(fasta, alleles, large, shows_alleles(step))
    with steps.step(f"{SMALL} variants, {SMALL_RUNS + 1} times") as step:
        # The first job starts the engines, and doesn't count.
        _, first = _run(folder, [(human, small)] * (SMALL_RUNS + 1))
        step.detail = f"{median(job.seconds for job in first.jobs[1:]):.2f} s each"
    with steps.step(f"{written:,} variants") as step:
        run, second = _run(folder, [(human, small), (human, large)])
        step.detail = f"{second.jobs[1].seconds:.1f} s, {run.peak_own_bytes / 2**20:,.0f} MiB"
    sample = rcrs / json.loads((rcrs / FILE_NAME).read_bytes())["sample"]
    with steps.step("Two references side by side"):
        _, both = _run(folder, [(human, small), (rcrs, sample)] * 2)
    return {
        "load_seconds": first.load_seconds,
        "read_seconds": first.read_seconds,
        "own_bytes": first.own_bytes,
        "side_by_side_bytes": both.own_bytes,
        "small_seconds": series([job.seconds for job in first.jobs[1:]]),
        "large_alleles": written,
        "large_seconds": second.jobs[1].seconds,
        "engine_bytes": second.jobs[1].engine_bytes,
        "peak_own_bytes": run.peak_own_bytes,
        "engines": second.engines,
    }


def _build(kept: str, shape: Shape, steps: Steps) -> Built:
    with tempfile.TemporaryDirectory(dir=bundles.kept_folder(), prefix="making-") as name:
        folder = Path(name)
        with steps.step("Invent a genome"):
            write_genome(shape, folder, lambda _contig: None)
        with steps.step("Build its bundle"):
            arguments = bundles.build_arguments(
                "invented", folder / "genome.fa", folder / "genes.gff3", folder / "bundle"
            )
            began = time.monotonic()
            measured = measure([sys.executable, "-m", "reference", *arguments])
            seconds = time.monotonic() - began
        bundles.keep(kept, folder / "bundle")
    return Built(seconds=seconds, peak_own_bytes=measured.peak_own_bytes)


def _run(folder: Path, pairs: list[tuple[Path, Path]]) -> tuple[Measurement, Printed]:
    with tempfile.TemporaryDirectory(dir=folder) as out:
        files = [path for pair in pairs for path in pair]
        run = measure([sys.executable, "-m", "bench.genomes_run", out, *files])
        return run, Printed.model_validate_json(run.output)


def rows(result: GenomesResult) -> list[Row]:
    """The lines of the table."""
    rate = result.large_alleles / result.large_seconds
    least = ALLELES_PER_CORE_SECOND * min(result.engines, result.machine.cores)
    return [
        *_build_rows(result.built),
        Row("start: check the files", f"{result.load_seconds:.1f} s"),
        Row("start: read the transcripts", f"{result.read_seconds:.1f} s"),
        _memory("annotator's process after its start", result.own_bytes, MAX_OWN_BYTES),
        _memory("the same with rcrs beside it", result.side_by_side_bytes, MAX_OWN_BYTES),
        Row(f"a job of {SMALL} variants", f"{result.small_seconds.median:.2f} s"),
        Row(f"a job of {result.large_alleles:,} variants", f"{result.large_seconds:.0f} s"),
        Row(
            "  variants a second",
            f"{rate:,.0f}",
            f"at least {least:,} on which the limits rest",
            rate >= least,
        ),
        Row("  the largest engine, with pages of files", f"{result.engine_bytes / 2**20:,.0f} MiB"),
        Row(
            f"  all processes, {result.engines} engines",
            f"{result.peak_own_bytes / 2**20:,.0f} MiB",
        ),
    ]


def _build_rows(built: Built | None) -> list[Row]:
    if built is None:
        return []
    return [
        Row("build of the bundle", f"{built.seconds:.0f} s"),
        _memory("  peak memory", built.peak_own_bytes, MAX_BUILD_BYTES),
    ]


def _memory(what: str, found: int, most: int) -> Row:
    return Row(what, f"{found / 2**20:,.0f} MiB", f"at most {most / 2**20:,.0f} MiB", found <= most)
