"""`./gas bench tracks`: a large track built by the real builder, and alleles looked up in it."""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import polars as pl
import pysam
from pydantic import BaseModel, ConfigDict
from rich.console import Console

from bench.annotate_runs import Printed
from bench.genome import HUMAN, Shape, write_genome
from bench.known_alleles import FIELDS, known_alleles, write_track
from bench.measure import measure
from bench.report import Machine, Result, Row, Series, now, publish, series
from local.errors import LocalError
from local.progress import Step, Steps
from runtime.vcf.fasta import Fasta

FEW, MANY = 1_000, 1_000_000
"""Alleles that are looked up."""

MAX_SECONDS_OF_FEW = 2.0
MAX_BUILD_BYTES = 8 * 2**30

_CONTIGS = {name: length // 10 for name, length in HUMAN.contigs.items()}
_SHAPE = Shape(
    contigs=_CONTIGS,
    spacing=1_000_000,
    exons=12,
    coding=200,
    untranslated=(300, 1_300),
    intron=5_450,
    transcripts=1,
)
"""A tenth of the human genome with few genes: what a look-up costs depends on the track alone."""


class LookUp(BaseModel):
    """Look-ups of so many alleles, run by run."""

    model_config = ConfigDict(frozen=True)

    alleles: int
    seconds: Series
    cpu_seconds: Series
    peak_own_bytes: Series


class TracksResult(Result):
    """All figures. Seconds and bytes; `build_seconds` and its bytes are of the whole bundle."""

    records: int
    build_seconds: float
    build_own_bytes: int
    track_bytes: int
    look_ups: list[LookUp]


@dataclass(frozen=True)
class TracksBench:
    """What to measure: a track of `records`, and how often each look-up runs."""

    records: int
    runs: int


def bench_tracks(wanted: TracksBench, *, out: Path, console: Console) -> None:
    """Measure, print the table and write the figures to `out` as JSON.

    Raises:
        LocalError: something failed, or an allele wasn't found.
    """
    with Steps(console) as steps, tempfile.TemporaryDirectory(prefix="gas-bench-") as name:
        folder = Path(name)
        with steps.step("Write a genome") as step:
            fasta = _genome(folder, step)
        with steps.step(f"Write a track of {wanted.records:,} records") as step:
            write_track(fasta, wanted.records, folder / "known.vcf.gz", _shows(step))
        bundle = folder / "bundle"
        with steps.step("Build the bundle") as step:
            began = time.perf_counter()
            build = measure([sys.executable, "-m", "reference", *_build_options(folder, bundle)])
            build_seconds = time.perf_counter() - began
            step.detail = f"{build.peak_own_bytes / 2**20:,.0f} MiB"
        look_ups = [
            _look_up(wanted, count, fasta, folder, steps)
            for count in (FEW, MANY)
            if count <= wanted.records
        ]
        track_bytes = (bundle / "known.vcf.gz").stat().st_size
    result = TracksResult(
        measured_at=now(),
        machine=Machine.this(),
        records=wanted.records,
        build_seconds=build_seconds,
        build_own_bytes=build.peak_own_bytes,
        track_bytes=track_bytes,
        look_ups=look_ups,
    )
    publish(result, rows(result), title="Medians", out=out, console=console)


def _genome(folder: Path, step: Step) -> Fasta:
    def show(text: str) -> None:
        step.detail = text

    write_genome(_SHAPE, folder, show)
    pysam.faidx(str(folder / "genome.fa"))
    return Fasta(folder / "genome.fa")


def _shows(step: Step) -> Callable[[int], None]:
    def show(records: int) -> None:
        step.detail = f"{records:,} records"

    return show


def _build_options(folder: Path, bundle: Path) -> list[str]:
    files = ["--fasta", str(folder / "genome.fa"), "--genes", str(folder / "genes.gff3")]
    track = f"known={folder / 'known.vcf.gz'}:{FIELDS}"
    names = ["build", "--name", "tracks", "--assembly", "invented"]
    return [*names, *files, "--track", track, "--out", str(bundle)]


def _look_up(wanted: TracksBench, count: int, fasta: Fasta, folder: Path, steps: Steps) -> LookUp:
    sites = folder / f"{count}.arrow"
    with steps.step(f"Look up {count:,} alleles") as step:
        sites_of(fasta, wanted.records, count).write_ipc(sites)
        command = [sys.executable, "-m", "bench.tracks_run", str(sites), str(folder / "bundle")]
        runs = []
        for number in range(wanted.runs):
            step.detail = f"{number + 1} of {wanted.runs}"
            run = measure(command)
            printed = Printed.model_validate_json(run.output)
            if printed.effects != count:
                raise LocalError(f"{count - printed.effects:,} of {count:,} alleles weren't found.")
            runs.append((run, printed))
        step.detail = f"{median(printed.seconds for _, printed in runs):.2f} s"
    return LookUp(
        alleles=count,
        seconds=series([printed.seconds for _, printed in runs]),
        cpu_seconds=series([printed.cpu_seconds for _, printed in runs]),
        peak_own_bytes=series([run.peak_own_bytes for run, _ in runs]),
    )


def sites_of(fasta: Fasta, records: int, count: int) -> pl.DataFrame:
    """The first alleles of records spread evenly over the track, as batches.SITES."""
    every = records // count
    parts = [
        rows.filter(pl.col("number") % every == 0).with_columns(contig=pl.lit(place, pl.UInt32))
        for place, (_, rows) in enumerate(known_alleles(fasta, records))
    ]
    chosen = pl.concat(parts).head(count).with_row_index("site")
    first = pl.col("alt").str.split(",").list.first()
    return chosen.select("site", "contig", "position", "ref", first.alias("alt"))


def rows(result: TracksResult) -> list[Row]:
    """The lines of the table."""
    build_met = result.build_own_bytes <= MAX_BUILD_BYTES
    lines = [
        Row(f"build with a track of {result.records:,}", f"{result.build_seconds:.0f} s"),
        Row(
            "its peak memory",
            f"{result.build_own_bytes / 2**20:,.0f} MiB",
            f"at most {MAX_BUILD_BYTES / 2**20:,.0f} MiB",
            build_met,
        ),
        Row("the track's file", f"{result.track_bytes / 2**20:,.0f} MiB"),
    ]
    for each in result.look_ups:
        seconds, few = each.seconds.median, each.alleles == FEW
        target = f"under {MAX_SECONDS_OF_FEW:g} s" if few else ""
        met = seconds < MAX_SECONDS_OF_FEW if few else None
        lines += [
            Row(f"{each.alleles:,} alleles", f"{seconds:.2f} s", target, met),
            Row(f"{each.alleles:,} alleles: CPU", f"{each.cpu_seconds.median:.2f} s"),
            Row("peak memory", f"{each.peak_own_bytes.median / 2**20:,.0f} MiB"),
        ]
    return lines
