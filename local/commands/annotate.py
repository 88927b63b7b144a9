"""`./gas annotate`: the annotator's whole path on files here, without the platform."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from local.errors import LocalError
from runtime.annotator.bundle import Bundle, load
from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.errors import BundleError, JobFailed
from runtime.annotator.pipeline import Outcome, annotate_file
from runtime.common import bundle_files
from runtime.common.counted import counted
from runtime.common.keys import ResultNames, check_file_name

SECONDS_BETWEEN_LINES = 2.0


def annotate(
    files: list[Path], bundle_folder: Path, out: Path, *, force: bool, console: Console
) -> None:
    """Annotate files one after another; their results appear in the folder `out`, which is made.

    A file that can't be annotated doesn't keep the others from it.

    Raises:
        LocalError: results are there already, the bundle is wrong, or a file couldn't be annotated.
    """
    _check_names(files, out, force=force)
    bundle = _load(bundle_folder, console)
    out.mkdir(parents=True, exist_ok=True)
    failed = 0
    with EnginePool() as process:
        for file in files:
            failed += not _annotate_one(file, bundle, out, process, console)
    if failed:
        raise LocalError(f"{failed} of {len(files)} files could not be annotated: see above")


def _load(folder: Path, console: Console) -> Bundle:
    """Load the bundle; the next run compares only what has changed since."""
    try:
        with console.status(f"Loading {escape(str(folder))}"):
            bundle = load(folder)
            verified = bundle_files.is_verified(folder, bundle.manifest)
            if not verified and os.access(folder, os.W_OK):
                bundle_files.mark_verified(folder, bundle.manifest)
    except (BundleError, OSError) as error:
        raise LocalError(f"the bundle can't be used: {error}") from error
    return bundle


def _check_names(files: list[Path], out: Path, *, force: bool) -> None:
    owners: dict[str, Path] = {}
    for file in files:
        try:
            names = ResultNames.of(check_file_name(file.name))
        except ValueError as error:
            raise LocalError(f"{file}: {error}") from error
        other = owners.setdefault(names.vcf, file)
        if other is not file:
            raise LocalError(f"{other} and {file} would both write {names.vcf}: rename one")
        there = [name for name in vars(names).values() if (out / name).exists()]
        if there and not force:
            raise LocalError(
                f"{out / there[0]} exists. Choose another --out, or overwrite it with --force"
            )


def _annotate_one(
    file: Path, bundle: Bundle, out: Path, process: EnginePool, console: Console
) -> bool:
    """Annotate one file and say what came of it; False when it failed."""
    names = ResultNames.of(file.name)
    start = time.monotonic()
    try:
        progress = _progress(file.name, console)
        outcome = annotate_file(file, file.name, bundle, out, progress=progress, process=process)
    except JobFailed as failure:
        console.print(f"[red]{escape(file.name)}[/red]: {escape(str(failure))}", soft_wrap=True)
        return False
    for name in vars(names).values():
        # An index of before must not stand beside a result that has none.
        if name not in outcome.files:
            (out / name).unlink(missing_ok=True)
    _say(file.name, outcome, out / names.vcf, time.monotonic() - start, console)
    return True


def _say(name: str, outcome: Outcome, result: Path, seconds: float, console: Console) -> None:
    alleles = outcome.summary["alleles"]
    left = alleles["not_annotated"]
    rest = f", {left:,} left without annotation" if left else ""
    console.print(
        f"{escape(name)}: {counted(alleles['annotated'], 'allele')} annotated{rest}, "
        f"in {seconds:.1f} s: {escape(str(result))}",
        soft_wrap=True,
    )


def _progress(name: str, console: Console) -> Callable[[int], None]:
    """A line now and then where it takes longer than 2 seconds."""
    last = time.monotonic()

    def tell(percent: int) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            console.print(f"{escape(name)}: {percent} %")

    return tell
