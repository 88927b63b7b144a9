"""The files that instances download: runtime code, wheels, embedded reference."""

import subprocess
import sys
import tempfile
from pathlib import Path

from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from stacks import operator_pages, wheels, zip_archive
from stacks.archive_asset import ROOT, AssetError, archive_asset
from stacks.settings import Software

RUNTIME = ROOT / "runtime"
REFERENCE = ROOT / "reference"
LOCK = RUNTIME / "requirements.txt"
VENDOR = {
    f"runtime/web/static/vendor/{Path(source).name}": ROOT / "node_modules" / source
    for source in ("igv/dist/igv.esm.min.js",)
}
"""Browser libraries. npm installs them as package-lock.json says; they aren't in git."""


def runtime_code(scope: Construct, *, stage: str) -> s3_assets.Asset:
    """The code of `runtime/` and the operator's pages; an instance has it in $GAS_ROOT/app."""
    present = {name: path for name, path in VENDOR.items() if path.exists()}
    files = zip_archive.tree(RUNTIME, prefix="runtime") | present
    pages = operator_pages.sources(stage)

    def write(target: Path) -> None:
        if present != VENDOR:
            raise AssetError("node_modules holds no browser libraries: run npm ci")
        with operator_pages.rendered(pages) as rendered:
            zip_archive.write(target, files | rendered)

    return archive_asset(scope, "Code", key=zip_archive.digest(files | pages), write=write)


def wheelhouse(scope: Construct, software: Software) -> s3_assets.Asset:
    """The pinned wheels that an instance installs, in one file."""

    def write(target: Path) -> None:
        wheels.write(target, LOCK, software)

    return archive_asset(scope, "Wheels", key=wheels.key(LOCK, software), write=write)


def reference_bundle(scope: Construct) -> s3_assets.Asset:
    """The embedded reference bundle; the lock pins the library that indexes it."""
    sources = {**zip_archive.tree(REFERENCE, prefix="reference"), "requirements.txt": LOCK}
    return archive_asset(scope, "Bundle", key=zip_archive.digest(sources), write=_build_bundle)


def _build_bundle(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "reference", "rcrs", "--out", folder]
        built = subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False)
        if built.returncode:
            raise AssetError("the reference bundle wasn't built; see the message above")
        zip_archive.write(target, zip_archive.tree(Path(folder)))
