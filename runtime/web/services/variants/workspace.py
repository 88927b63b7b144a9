"""A folder of this process alone, for what its queries spill and export.

DuckDB gives what it spills the same names in every process: two that shared a folder would read
each other's rows. https://github.com/duckdb/duckdb/issues/15173
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
"""A folder is held a moment after it was made, and is left alone until then."""


class Workspace:
    """A folder that is there as long as this object, and is held as long as the process."""

    def __init__(self, parent: Path) -> None:
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
        self._held = os.open(self.path, os.O_RDONLY)
        fcntl.flock(self._held, fcntl.LOCK_EX)
        weakref.finalize(self, _remove, self.path, self._held)


def sweep(parent: Path) -> None:
    """Delete the folders of processes that were killed before they could."""
    for folder in parent.glob(f"{_PREFIX}*"):
        with suppress(FileNotFoundError, BlockingIOError):
            if folder.stat().st_mtime > time.time() - YOUNG_SECONDS:
                continue
            held = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(held)


def _remove(path: Path, held: int) -> None:
    shutil.rmtree(path, ignore_errors=True)
    os.close(held)
