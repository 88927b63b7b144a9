"""Measures an annotator's process with hostile files: time and peak memory."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bench import bundles
from bench.hostile_files import FILES, HostileFile
from bench.measure import measure
from bench.report import Row
from local.progress import Steps

MAX_PEAK_BYTES = 512 * 2**20
MAX_SECONDS = 60.0
END_SECONDS = 300.0
"""A file that takes longer is ended, and the benchmark says so."""

SHOWN_LETTERS = 60


class Printed(BaseModel):
    """The output of hostile_run; `refusal` is the sentence for the owner, if the job failed."""

    seconds: float
    refusal: str | None


class FileCost(BaseModel):
    """What a file cost; memory is that of all processes, without pages of files."""

    model_config = ConfigDict(frozen=True)

    title: str
    upload_bytes: int
    seconds: float
    peak_bytes: int
    refusal: str | None


def cost_of_files(steps: Steps) -> Iterator[FileCost]:
    """Make each file, annotate it and delete it again.

    Raises:
        LocalError: the process crashed, or took longer than END_SECONDS.
    """
    bundle = bundles.rcrs_bundle(steps)
    for file in FILES:
        with steps.step(file.title) as step, tempfile.TemporaryDirectory(prefix="gas-") as name:
            step.detail = "making it"
            cost = _cost_of(file, bundle, Path(name))
            step.detail = ""
        yield cost


def _cost_of(file: HostileFile, bundle: Path, folder: Path) -> FileCost:
    vcf, out = folder / "hostile.vcf.gz", folder / "out"
    file.write(vcf)
    out.mkdir()
    paths = map(str, (vcf, bundle, out))
    run = measure([sys.executable, "-m", "bench.hostile_run", *paths], seconds=END_SECONDS)
    printed = Printed.model_validate_json(run.output)
    return FileCost(
        title=file.title,
        upload_bytes=vcf.stat().st_size,
        seconds=printed.seconds,
        peak_bytes=run.peak_own_bytes,
        refusal=printed.refusal,
    )


def rows(cost: FileCost) -> list[Row]:
    """The lines of the table about one file."""
    outcome = "annotated"
    if cost.refusal is not None:
        short = len(cost.refusal) <= SHOWN_LETTERS
        outcome = cost.refusal if short else f"{cost.refusal[:SHOWN_LETTERS]}..."
    return [
        Row(
            f"{cost.title} ({cost.upload_bytes / 1000:,.0f} kB)",
            f"{cost.peak_bytes / 2**20:,.0f} MiB",
            f"under {MAX_PEAK_BYTES // 2**20} MiB",
            cost.peak_bytes < MAX_PEAK_BYTES,
        ),
        Row(
            f"  {outcome}",
            f"{cost.seconds:.1f} s",
            f"under {MAX_SECONDS:.0f} s",
            cost.seconds < MAX_SECONDS,
        ),
    ]
