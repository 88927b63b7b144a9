"""A folder of one process, for what its queries spill and export.

DuckDB names spilled files alike in every process: two that shared a folder would read each other's
rows. https://github.com/duckdb/duckdb/issues/15173
"""

import fcntl
import os
import shutil
import tempfile
import time
import weakref
from contextlib import suppress
from pathlib import Path

_PREFIX = "work-"

YOUNG_SECONDS = 60
"""A folder is locked a moment after it was made, so younger ones are left alone."""


class Workspace:
    """A folder that exists as long as this object, locked as long as its process runs."""

    def __init__(self, parent: Path) -> None:
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
        self._lock = os.open(self.path, os.O_RDONLY)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        weakref.finalize(self, _remove, self.path, self._lock)


def delete_abandoned(parent: Path) -> None:
    """Delete the folders of processes that were killed before they could do it."""
    for folder in parent.glob(f"{_PREFIX}*"):
        with suppress(FileNotFoundError, BlockingIOError):
            if folder.stat().st_mtime > time.time() - YOUNG_SECONDS:
                continue
            lock = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)


def _remove(path: Path, lock: int) -> None:
    shutil.rmtree(path, ignore_errors=True)
    os.close(lock)
