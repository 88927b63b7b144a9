"""`./gas bench annotate`: the annotator against bare engines, and the latency of small jobs."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rich.console import Console

from bench import bundles, snpeff
from bench.alleles import write_every_snv, write_spread
from bench.annotate_report import AnnotateResult, PartResult, SmallJob, part_rows, small_row
from bench.annotate_runs import Input, measure_runs
from bench.annotators import annotator_with
from bench.latency import job_latencies
from bench.report import Machine, now, save, series, show
from local.deployed_platform import DeployedPlatform
from local.errors import LocalError
from local.progress import Step, Steps
from local.temporary import temporary_platform
from runtime.common.manifest import FILE_NAME
from runtime.vcf.fasta import Fasta

SMALL_ALLELES = 100
RUNS, RUNS_OF_LARGE = 5, 3
"""How often, unless it is said."""


class Part(StrEnum):
    """What can be measured alone."""

    DENSE = "a"
    HUMAN = "b"
    MITOCHONDRION = "c"
    SMALL = "small"


class Genome(StrEnum):
    """The genome of part a."""

    INVENTED = "invented"
    CHR9 = "chr9"


@dataclass(frozen=True)
class AnnotateBench:
    """What to measure.

    Attributes:
        only: the parts.
        alleles: of the parts a and b.
        genome: of part a.
        runs: how often each; None for the defaults.
    """

    only: frozenset[Part]
    alleles: int
    genome: Genome
    runs: int | None


def bench_annotate(wanted: AnnotateBench, *, out: Path, console: Console) -> None:
    """Measure, print each part's table as it comes and write all figures to `out` as JSON.

    Raises:
        LocalError: something failed.
    """
    parts, small = list[PartResult](), list[SmallJob]()
    with Steps(console) as steps, tempfile.TemporaryDirectory(prefix="gas-bench-") as name:
        for part in _MAKERS:
            if part in wanted.only:
                parts.append(_measure(part, wanted, Path(name), steps))
                show(part_rows(parts[-1]), title="Medians", console=console)
        if Part.SMALL in wanted.only:
            small = _small_jobs(wanted, Path(name), steps)
            show([small_row(job) for job in small], title="Small jobs", console=console)
    result = AnnotateResult(
        measured_at=now(),
        machine=Machine.this(),
        parts=parts,
        small_jobs=small,
        snpeff=snpeff.installed() or "not installed",
    )
    save(result, out=out, console=console)


def _measure(part: Part, wanted: AnnotateBench, folder: Path, steps: Steps) -> PartResult:
    work = _MAKERS[part](wanted, folder, steps)
    runs = wanted.runs or (RUNS if part is Part.MITOCHONDRION else RUNS_OF_LARGE)
    program = snpeff.installed() if part is Part.DENSE else None
    database = None
    if program:
        with steps.step("Build SnpEff's database"):
            database = snpeff.build_database(program, work.bundle, folder / "snpeff")
    with steps.step(f"Part {part}") as step:
        return measure_runs(work, folder, runs, database, step)


def _dense(wanted: AnnotateBench, folder: Path, steps: Steps) -> Input:
    chr9 = wanted.genome is Genome.CHR9
    bundle = bundles.chr9_bundle(steps) if chr9 else bundles.dense_bundle(steps)
    title = "a: GRCh38 9:1-1,000,000" if chr9 else "a: coding genes"
    return _spread(title, bundle, wanted.alleles, folder, steps)


def _human(wanted: AnnotateBench, folder: Path, steps: Steps) -> Input:
    bundle = bundles.human_bundle(steps)
    return _spread("b: a genome of human size", bundle, wanted.alleles, folder, steps)


def _spread(title: str, bundle: Path, alleles: int, folder: Path, steps: Steps) -> Input:
    vcf, fasta = folder / f"{bundle.name}.vcf", _fasta(bundle)
    if alleles > (positions := sum(fasta.lengths.values())):
        raise LocalError(f"This genome has {positions:,} positions, one for each allele.")
    with steps.step("Write the input") as step:
        written = write_spread(fasta, alleles, vcf, shows_alleles(step))
    return Input(title, vcf, bundle, engine="vepyr", max_ratio=2.5, alleles=written)


def _mitochondrion(_wanted: AnnotateBench, folder: Path, steps: Steps) -> Input:
    bundle, vcf = bundles.rcrs_bundle(steps), folder / "rcrs.vcf"
    written = write_every_snv(_fasta(bundle), vcf)
    return Input("c: every SNV of rCRS", vcf, bundle, engine="csq", max_ratio=10, alleles=written)


_MAKERS: dict[Part, Callable[[AnnotateBench, Path, Steps], Input]] = {
    Part.DENSE: _dense,
    Part.HUMAN: _human,
    Part.MITOCHONDRION: _mitochondrion,
}


def shows_alleles(step: Step) -> Callable[[int], None]:
    """Return what shows the number of alleles written so far as the detail of a step."""

    def show(alleles: int) -> None:
        step.detail = f"{alleles:,} alleles"

    return show


def _fasta(bundle: Path) -> Fasta:
    manifest = json.loads((bundle / FILE_NAME).read_text())
    return Fasta(bundle / manifest["fasta"])


SERVED = "rcrs"
"""The default of a temporary platform; `annotator_with` offers its bundle by this name too."""


@dataclass(frozen=True)
class _SmallInput:
    title: str
    vcf: Path
    max_seconds: float


def _small_jobs(wanted: AnnotateBench, folder: Path, steps: Steps) -> list[SmallJob]:
    """Jobs with the service's bundle, then with that of human size, on one temporary platform."""
    rcrs, human = bundles.rcrs_bundle(steps), bundles.human_bundle(steps)
    sample = rcrs / json.loads((rcrs / FILE_NAME).read_text())["sample"]
    spread = folder / "small.vcf"
    write_spread(_fasta(human), SMALL_ALLELES, spread)
    embedded = _SmallInput("rcrs, its sample", sample, 0.6)
    large = _SmallInput(f"human size, {SMALL_ALLELES} variants on 24 contigs", spread, 3.0)
    runs = wanted.runs or RUNS
    with temporary_platform(steps) as platform:
        first = _latencies(platform, embedded, runs, steps)
        with annotator_with(platform, human, steps):
            return [first, _latencies(platform, large, runs, steps)]


def _latencies(platform: DeployedPlatform, work: _SmallInput, runs: int, steps: Steps) -> SmallJob:
    with steps.step(f"Small jobs, one by one: {work.title}") as step:
        latencies = []
        # The first job runs with cold caches and doesn't count.
        jobs = job_latencies(platform.account, platform.outputs, work.vcf, SERVED, runs + 1)
        for number, seconds in enumerate(jobs):
            step.detail = f"{number} of {runs}"
            latencies.append(seconds)
    return SmallJob(
        title=work.title, latency_seconds=series(latencies[1:]), max_seconds=work.max_seconds
    )
