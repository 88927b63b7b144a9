"""Zip files whose bytes depend only on their contents."""

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

EPOCH = (1980, 1, 1, 0, 0, 0)  # the first date that a zip file can hold
LEFT_OUT = {"__pycache__", "tests", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


def tree(folder: Path, *, prefix: str = "") -> dict[str, Path]:
    """Return every file under `folder` by its name in the zip file, without caches and tests."""
    return {
        (PurePosixPath(prefix) / path.relative_to(folder)).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not LEFT_OUT.intersection(path.relative_to(folder).parts)
    }


def digest(files: Mapping[str, Path], *parts: str) -> str:
    """Return a key that changes with the name or bytes of any file, and with any of `parts`."""
    whole = hashlib.sha256("\0".join(parts).encode())
    for name, path in sorted(files.items()):
        whole.update(f"\0{name}\0".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def write(target: Path, files: Mapping[str, Path], *, compress: bool = True) -> None:
    """Write a zip file to `target` that holds `files` under their names."""
    method = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    with zipfile.ZipFile(target, "w", compression=method) as file:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(name, date_time=EPOCH)
            entry.compress_type = method
            entry.external_attr = (path.stat().st_mode & 0o777) << 16
            file.writestr(entry, path.read_bytes())
