"""The bundles that benchmarks annotate with: built by the real builder, and kept."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.genome import DENSE, HUMAN, Shape, write_genome
from local.errors import LocalError
from local.host.folder import REPOSITORY, Folder
from local.progress import Step, Steps

GRCH38_PIECE = REPOSITORY.parent / "shared" / "data" / "grch38-chr9"
"""9:1-1,000,000 with Ensembl's genes, where somebody has put it."""

_SOURCES = ("bench/genome.py", "reference/**/*.py", "runtime/common/manifest.py")
"""What the bytes of a bundle depend on, here."""


def dense_bundle(steps: Steps) -> Path:
    """A megabase of invented coding genes."""
    return _kept("dense", steps, lambda folder, step: _invented(DENSE, folder, step))


def human_bundle(steps: Steps) -> Path:
    """An invented genome of human size: 5 GB, and some minutes to build."""
    return shaped_bundle("human", HUMAN, steps)


def shaped_bundle(name: str, shape: Shape, steps: Steps) -> Path:
    """An invented genome of a shape, kept by a name."""
    return _kept(name, steps, lambda folder, step: _invented(shape, folder, step))


def chr9_bundle(steps: Steps) -> Path:
    """The piece of GRCh38.

    Raises:
        LocalError: it isn't there.
    """
    fasta, genes = GRCH38_PIECE / "chr9_1_1000000.fa", GRCH38_PIECE / "chr9.ensembl91.gff3"
    if not fasta.exists():
        raise LocalError(f"The genome chr9 needs {fasta}.")
    return _kept("chr9", steps, lambda folder, step: _build("chr9", fasta, genes, folder, step))


def rcrs_bundle(steps: Steps) -> Path:
    """The human mitochondrial genome, the bundle of the service."""
    return _kept("rcrs", steps, lambda folder, step: _reference(step, "rcrs", "--out", folder))


def _kept(name: str, steps: Steps, make: Callable[[Path, Step], None]) -> Path:
    """The bundle of that name, made where the sources have changed since."""
    bundle = kept_folder() / f"{name}-{_key()}"
    if bundle.exists():
        return bundle
    with (
        steps.step(f"Build the bundle {name}") as step,
        tempfile.TemporaryDirectory(dir=kept_folder(), prefix="making-") as folder,
    ):
        made = Path(folder) / "bundle"
        make(made, step)
        keep(name, made)
    return bundle


def kept_folder() -> Path:
    """The folder of the kept bundles."""
    folder = Folder.of_repository().cache / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def keep(name: str, made: Path) -> None:
    """Keep a bundle, made on the same disk, in place of the one that was kept by this name."""
    for old in kept_folder().glob(f"{name}-*"):
        shutil.rmtree(old)
    made.rename(kept_folder() / f"{name}-{_key()}")


def _key() -> str:
    digest = hashlib.sha256()
    for pattern in _SOURCES:
        for path in sorted(REPOSITORY.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _invented(shape: Shape, out: Path, step: Step) -> None:
    def show(text: str) -> None:
        step.detail = text

    with tempfile.TemporaryDirectory(dir=out.parent) as folder:
        write_genome(shape, Path(folder), show)
        _build("invented", Path(folder, "genome.fa"), Path(folder, "genes.gff3"), out, step)


def _build(name: str, fasta: Path, genes: Path, out: Path, step: Step) -> None:
    _reference(step, *build_arguments(name, fasta, genes, out))


def build_arguments(name: str, fasta: Path, genes: Path, out: Path) -> list[str]:
    """Return what makes `python -m reference` build a bundle of a FASTA and a GFF3."""
    files = ("--fasta", str(fasta), "--genes", str(genes), "--out", str(out))
    return ["build", "--name", name, "--assembly", name, *files]


def _reference(step: Step, *arguments: str | Path) -> None:
    """Run the builder, and show what it says.

    Raises:
        LocalError: with its last words.
    """
    command = [sys.executable, "-m", "reference", *map(str, arguments)]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as builder:
        if builder.stderr is None:
            raise ValueError("the builder has no pipe")
        for line in builder.stderr:
            step.detail = line.strip()
    if builder.returncode:
        raise LocalError(f"The bundle wasn't built: {step.detail}")
