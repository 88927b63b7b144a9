"""The files of a bundle against the checksums in its manifest, and a mark that they were checked.

Checksums of a human genome's bundle take minutes. So whoever has compared all of them leaves a
mark, with size and time of each file; while these are the same, nobody compares again.
"""

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from runtime.common.manifest import FILE_NAME, Manifest

MARK = ".verified"

HASHED_AT_ONCE = 4
"""Files: hashing releases the interpreter's lock, and a disk serves several readers faster."""


class WrongFile(Exception):
    """A file isn't there, or isn't the one that the manifest describes; the text names it."""


class _Mark(BaseModel):
    """Digest of the manifest, and of each file its size and time of change in nanoseconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    manifest: str
    files: dict[str, tuple[int, int]]


def digest(path: Path) -> str:
    """Return a file's SHA-256 as manifests write it. Raises OSError."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def compare(folder: Path, manifest: Manifest, names: Iterable[str]) -> None:
    """Compare files of the bundle in `folder` with their checksums.

    Raises:
        WrongFile: naming the first that is missing or differs.
    """

    def check(name: str) -> None:
        path = folder / name
        try:
            found = digest(path)
        except OSError as error:
            raise WrongFile(f"{path}: {error.strerror}") from error
        if found != manifest.checksums[name]:
            raise WrongFile(f"{path} is not the file that the manifest describes")

    with ThreadPoolExecutor(HASHED_AT_ONCE) as pool:
        for _ in pool.map(check, names):
            pass


def mark_verified(folder: Path, manifest: Manifest) -> None:
    """Leave the mark that every file was compared. Raises OSError."""
    mark = _Mark(manifest=digest(folder / FILE_NAME), files=_stats(folder, manifest))
    (folder / MARK).write_text(mark.model_dump_json(indent=2) + "\n", encoding="utf-8")


def is_verified(folder: Path, manifest: Manifest) -> bool:
    """Return whether there is a mark for this manifest, and no file has changed since."""
    try:
        mark = _Mark.model_validate_json((folder / MARK).read_bytes())
        return mark == _Mark(manifest=digest(folder / FILE_NAME), files=_stats(folder, manifest))
    except (OSError, ValidationError):
        # No mark, a file is missing, or an older release's mark: who asks compares and says which.
        return False


def verify(folder: Path, manifest: Manifest) -> None:
    """Compare every file, unless a mark says that this was done.

    Raises:
        WrongFile: naming the first that is missing or differs.
    """
    if not is_verified(folder, manifest):
        compare(folder, manifest, manifest.checksums)


def _stats(folder: Path, manifest: Manifest) -> dict[str, tuple[int, int]]:
    stats = {name: (folder / name).stat() for name in manifest.checksums}
    return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in stats.items()}
