"""`./gas docs`: the documentation as a site, and the pictures in it."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from local.errors import LocalError
from local.host.folder import REPOSITORY, Folder, search_path

BUILD_SECONDS = 300.0

IMAGES = REPOSITORY / "docs" / "images"
LANDING_IMAGES = REPOSITORY / "runtime" / "web" / "static" / "img"

PICTURES = {
    "result.png": IMAGES / "result.png",
    "explorer.png": IMAGES / "explorer.png",
    "example-light.png": LANDING_IMAGES / "example-light.webp",
    "example-dark.png": LANDING_IMAGES / "example-dark.webp",
}
"""Where each picture that the tests take goes."""

PICTURE_TESTS = ("-k", "test_screenshots and (completed or example)")

MOST_HEIGHT = 1700
"""Pixels of a long page that are shown, from its top."""


def build(folder: Folder) -> Path:
    """Build the site into `.gas/site`; returns its first page.

    Raises:
        LocalError: a page has a broken link, or another fault; the message has MkDocs' words.
    """
    site = folder.root / "site"
    run = subprocess.run(
        [*_mkdocs("build"), "--site-dir", str(site), "--quiet"],
        cwd=REPOSITORY,
        env=_environment(),
        timeout=BUILD_SECONDS,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        raise LocalError(f"The site can't be built:\n{(run.stdout + run.stderr).strip()}")
    return site / "index.html"


def serve(port: int) -> int:
    """Serve the site on 127.0.0.1 until Ctrl-C, and build it again when a page changes.

    Returns:
        The exit code.
    """
    command = [*_mkdocs("serve"), "--dev-addr", f"127.0.0.1:{port}"]
    return subprocess.run(command, cwd=REPOSITORY, env=_environment(), check=False).returncode


def take_pictures() -> int:
    """Take the pictures of the docs and of the landing page anew, from a platform that tests start.

    Returns:
        The exit code: 0 when they are in their places.
    """
    with tempfile.TemporaryDirectory() as name:
        taken = Path(name)
        run = subprocess.run(
            [sys.executable, "-P", "-m", "local", "test", "--only", "browser", *PICTURE_TESTS],
            cwd=REPOSITORY,
            env=_environment() | {"GAS_SCREENSHOTS": str(taken)},
            check=False,
        )
        for picture, target in PICTURES.items() if run.returncode == 0 else ():
            write_small(taken / picture, target)
    return run.returncode


def write_small(picture: Path, target: Path) -> None:
    """Write a picture of a page as WebP, or as PNG with 256 colours: a third of its size."""
    from PIL import Image  # noqa: PLC0415 - slow to import

    with Image.open(picture) as image:
        shown = image.convert("RGB").crop((0, 0, image.width, min(image.height, MOST_HEIGHT)))
        if target.suffix == ".webp":
            shown.save(target, quality=70, method=6)
            return
        shown.quantize(256, dither=Image.Dither.NONE).save(target, optimize=True)


def _mkdocs(command: str) -> list[str]:
    return [sys.executable, "-P", "-m", "mkdocs", command, "--strict"]


def _environment() -> dict[str, str]:
    return os.environ | {
        "PATH": f"{search_path()}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONPATH": str(REPOSITORY),
        # mkdocs is pinned, and MkDocs 2 has another name for all that we use.
        "NO_MKDOCS_2_WARNING": "true",
    }
