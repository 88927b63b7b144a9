"""Copies of results on this instance's disk: fetched once, asked many times, bounded in bytes.

All worker processes of an instance share the folder. A copy is of one version of an object: S3 is
asked for the version at each use, so a copy of what was replaced or deleted is never used again.
Who may see a job is decided before anybody comes here.

A copy goes when its object is found replaced or gone, when nobody has used it for a while
(`sweep`), and when another one needs its room.
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from typing import IO, TYPE_CHECKING

from botocore.exceptions import ClientError

from runtime.web.services.s3_errors import is_missing

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

GIB = 1024**3
MAX_BYTES = 4 * GIB
"""Of all copies together. With what two worker processes may spill and export beside them
(`engine`), that is 10 GiB; a web instance's disk holds 16 or more."""

MAX_ONE_BYTES = GIB
"""Of one copy: some thirty million variants."""

MAX_IDLE_SECONDS = 600
"""A copy that nobody has used for so long goes, whether there is room or not."""

_CHUNK = 1024 * 1024


class ResultMissing(Exception):
    """S3 doesn't hold the object."""


class ResultTooLarge(Exception):
    """The object is larger than a copy may be."""


class NoRoom(Exception):
    """Copies that are in use now leave too little room for another."""


@dataclass(frozen=True)
class Copies:
    """Copies of objects of one bucket in one folder."""

    s3: "S3Client"
    bucket: str
    folder: Path
    max_bytes: int = MAX_BYTES
    max_one_bytes: int = MAX_ONE_BYTES

    @contextmanager
    def open(self, key: str) -> Iterator[Path]:
        """Give the path of a copy of an object as it is now; it stays until this is left.

        Raises:
            ResultMissing: there is no such object.
            ResultTooLarge: it is larger than a copy may be.
            NoRoom: there is none for it at the moment.
        """
        etag, size = self._version(key)
        if size > self.max_one_bytes:
            raise ResultTooLarge(key)
        path = self.folder / f"{self._stem(key)}-{_digest(etag)}.parquet"
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._held(path, key, etag, size):
            yield path

    def forget(self, key: str) -> None:
        """Delete the copies of an object, but for those in use, which `sweep` will meet."""
        _delete(self.folder.glob(f"{self._stem(key)}-*.parquet"))

    def sweep(self) -> None:
        """Delete what nobody has used for a while."""
        since = time.time() - MAX_IDLE_SECONDS
        _delete(copy for used, _, copy in self._all() if used < since)

    def _stem(self, key: str) -> str:
        return _digest(f"{self.bucket}/{key}")

    def _version(self, key: str) -> tuple[str, int]:
        try:
            head = self.s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if is_missing(error):
                self.forget(key)
                raise ResultMissing(key) from error
            raise
        return head["ETag"], head["ContentLength"]

    @contextmanager
    def _held(self, path: Path, key: str, etag: str, size: int) -> Iterator[None]:
        """Hold the copy against deletion; fetch it first where it isn't there."""
        while True:
            if not path.exists():
                self._fetch(path, key, etag, size)
            try:
                file = path.open("rb")
            except FileNotFoundError:
                continue
            with file:
                fcntl.flock(file, fcntl.LOCK_SH)
                if not _is_at(file, path):
                    continue
                os.utime(path)
                yield
                return

    def _fetch(self, path: Path, key: str, etag: str, size: int) -> None:
        # One at a time for all processes: two that want the same copy fetch it once.
        with (self.folder / "fetching").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if path.exists():
                return
            self.forget(key)  # other versions
            self._make_room(size)
            part = self.folder / "fetched"
            try:
                answer = self.s3.get_object(Bucket=self.bucket, Key=key, IfMatch=etag)
                with part.open("wb") as file:
                    copyfileobj(answer["Body"], file, _CHUNK)
                part.rename(path)
            finally:
                part.unlink(missing_ok=True)

    def _make_room(self, size: int) -> None:
        """Delete those used longest ago, but none that is in use."""
        copies = self._all()
        total = size + sum(each for _, each, _ in copies)
        for _, _, copy in copies:
            if total <= self.max_bytes:
                return
            total -= _delete([copy])
        if total > self.max_bytes:
            raise NoRoom

    def _all(self) -> list[tuple[float, int, Path]]:
        """When each copy was used last, its bytes and its path; the longest ago first."""
        found = []
        for copy in self.folder.glob("*.parquet"):
            with suppress(FileNotFoundError):  # another process has just deleted it
                state = copy.stat()
                found.append((state.st_mtime, state.st_size, copy))
        return sorted(found)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _is_at(file: IO[bytes], path: Path) -> bool:
    try:
        return os.fstat(file.fileno()).st_ino == path.stat().st_ino
    except FileNotFoundError:
        return False


def _delete(copies: Iterable[Path]) -> int:
    """Delete copies that nobody holds; return the bytes that are free now."""
    free = 0
    for copy in copies:
        with suppress(FileNotFoundError, BlockingIOError), copy.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            size = os.fstat(file.fileno()).st_size
            copy.unlink()
            free += size
    return free
