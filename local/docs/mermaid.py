"""The library that draws the diagrams, from npm: the site loads no script from elsewhere."""

import base64
import hashlib
import os
import subprocess
import tarfile
from pathlib import Path

from local.errors import LocalError
from local.host.folder import search_path, tool

VERSION = "12.3.0"
INTEGRITY = (
    "4113TdXeLAsMruJ79OpFL5O8+LTFXhQqZ260rF3tgUmiNAtRm4Uume04I+65PRN6yZ69J4f8rVYWW8zRk65UYw=="
)
"""SHA-512 of the package, in the form of a package-lock.json."""

MEMBER = "package/dist/mermaid.min.js"
DOWNLOAD_SECONDS = 300.0


def mermaid_script(cache: Path) -> Path:
    """Return the script, downloaded once. It isn't among the Node packages: with what it depends on
    it has 200 MB, and the one file is whole.

    Raises:
        LocalError: it can't be downloaded, or it isn't the one that is pinned here.
    """
    script = cache / f"mermaid-{VERSION}.min.js"
    if not script.exists():
        cache.mkdir(parents=True, exist_ok=True)
        package = _download(cache)
        found = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
        if found != INTEGRITY:
            package.unlink()
            raise LocalError(f"npm's mermaid {VERSION} isn't the one pinned in {__file__}.")
        part = script.with_suffix(".part")
        with tarfile.open(package) as archive:
            member = archive.extractfile(MEMBER)
            if member is None:
                raise LocalError(f"npm's mermaid {VERSION} has no {MEMBER}.")
            part.write_bytes(member.read())
        part.replace(script)
        package.unlink()
    return script


def _download(folder: Path) -> Path:
    run = subprocess.run(
        [
            str(tool("npm")),
            "pack",
            f"mermaid@{VERSION}",
            "--silent",
            "--pack-destination",
            str(folder),
        ],
        cwd=folder,
        env=os.environ | {"PATH": search_path()},
        timeout=DOWNLOAD_SECONDS,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        raise LocalError(
            f"mermaid {VERSION}, which draws the diagrams, can't be downloaded from npm:\n"
            f"{run.stderr.strip()}"
        )
    return folder / run.stdout.strip().splitlines()[-1]
