"""The bundle's folder: written beside its place, and moved there whole."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reference.errors import InputError
from runtime.common.manifest import FILE_NAME


@dataclass(frozen=True)
class Workplace:
    """Two folders: the bundle as it is made, and one for what is on the way to it."""

    bundle: Path
    scratch: Path


@contextmanager
def replacing(out: Path) -> Iterator[Workplace]:
    """Make a bundle beside `out`, and put it there at the end; an error leaves `out` as it was.

    Raises:
        InputError: `out` holds something that is no bundle.
    """
    _check_replaceable(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as name:
        place = Workplace(Path(name) / "bundle", Path(name) / "scratch")
        place.bundle.mkdir()
        place.scratch.mkdir()
        yield place
        _replace(out, place.bundle, Path(name) / "previous")


def _check_replaceable(out: Path) -> None:
    """Replace an existing folder only if it's empty or a bundle: never someone's files."""
    if not out.exists():
        return
    if not out.is_dir() or (any(out.iterdir()) and not (out / FILE_NAME).exists()):
        raise InputError(out, "is not empty and holds no bundle: name another folder")


def _replace(out: Path, made: Path, previous: Path) -> None:
    if not out.exists():
        made.rename(out)
        return
    out.rename(previous)
    try:
        made.rename(out)
    except OSError:
        previous.rename(out)
        raise


def checksums(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a folder, by its path in it, as the manifest lists them."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            found[path.relative_to(folder).as_posix()] = f"sha256:{digest}"
    return found
