"""The files that travel to instances: runtime code, wheels, reference bundle."""

import subprocess
import sys
import tempfile
from pathlib import Path

from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from stacks import archive, wheels
from stacks.cached_bundling import BundlingError, archive_asset
from stacks.settings import Software

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = ROOT / "runtime"
REFERENCE = ROOT / "reference"
LOCK = RUNTIME / "requirements.txt"
VENDOR = [
    ROOT / "node_modules/bootstrap/dist/css/bootstrap.min.css",
    ROOT / "node_modules/bootstrap/dist/js/bootstrap.bundle.min.js",
]
"""Browser libraries; npm brings them, as package-lock.json says, and git doesn't hold them."""


def runtime_code(scope: Construct) -> s3_assets.Asset:
    """The code: unpacked into $GAS_ROOT/app it gives app/runtime/..."""
    files = archive.tree(RUNTIME, prefix="runtime")
    present = [path for path in VENDOR if path.exists()]
    files |= {f"runtime/web/static/vendor/{path.name}": path for path in present}

    def write(target: Path) -> None:
        if present != VENDOR:
            raise BundlingError(f"no browser libraries in {ROOT / 'node_modules'}: run npm ci")
        archive.write(target, files)

    return archive_asset(scope, "Code", source=RUNTIME, key=archive.digest(files), write=write)


def wheelhouse(scope: Construct, software: Software) -> s3_assets.Asset:
    """The pinned wheels that an instance installs, in one file."""
    return archive_asset(
        scope,
        "Wheels",
        source=RUNTIME,
        key=wheels.key(LOCK, software),
        write=lambda target: wheels.write(target, LOCK, software),
    )


def reference_bundle(scope: Construct) -> s3_assets.Asset:
    """The embedded reference bundle; the lock pins the library that indexes it."""
    sources = {**archive.tree(REFERENCE, prefix="reference"), "requirements.txt": LOCK}
    return archive_asset(
        scope, "Bundle", source=REFERENCE, key=archive.digest(sources), write=_build_bundle
    )


def _build_bundle(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "reference", "--out", folder]
        built = subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False)
        if built.returncode:
            raise BundlingError("the reference bundle wasn't built; its message stands above")
        archive.write(target, archive.tree(Path(folder)))
