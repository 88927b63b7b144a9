"""Copies of results on this instance's disk: fetched once, asked many times, bounded in bytes.

All worker processes of an instance share the folder. A copy is of one version of an object: S3 is
asked for the version at each use, so a copy of what was replaced or deleted is never used again.
Who may see a job is decided before anybody comes here.
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
"""Of all copies together; a web instance's disk holds 16 GiB or more."""

MAX_IDLE_SECONDS = 3600
"""A copy that nobody has used for so long goes, whether there is room or not."""

_CHUNK = 1024 * 1024


class ResultMissing(Exception):
    """S3 doesn't hold the object."""


class ResultTooLarge(Exception):
    """The object is larger than all copies together may be."""


@dataclass(frozen=True)
class Copies:
    """Copies of objects of one bucket in one folder."""

    s3: "S3Client"
    bucket: str
    folder: Path
    max_bytes: int = MAX_BYTES

    @contextmanager
    def open(self, key: str) -> Iterator[Path]:
        """Give the path of a copy of an object as it is now; it stays until this is left.

        Raises:
            ResultMissing: there is no such object.
            ResultTooLarge: it is larger than the folder may be.
        """
        etag, size = self._version(key)
        if size > self.max_bytes:
            raise ResultTooLarge(key)
        name = hashlib.sha256(f"{self.bucket}/{key}/{etag}".encode()).hexdigest()
        path = self.folder / f"{name}.parquet"
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._held(path, key, etag, size):
            yield path

    def _version(self, key: str) -> tuple[str, int]:
        try:
            head = self.s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if is_missing(error):
                raise ResultMissing(key) from error
            raise
        return head["ETag"], head["ContentLength"]

    @contextmanager
    def _held(self, path: Path, key: str, etag: str, size: int) -> Iterator[None]:
        """Hold the copy against eviction; fetch it first where it isn't there."""
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
            self._make_room(size)
            part = path.with_suffix(".part")
            try:
                answer = self.s3.get_object(Bucket=self.bucket, Key=key, IfMatch=etag)
                with part.open("wb") as file:
                    copyfileobj(answer["Body"], file, _CHUNK)
                part.rename(path)
            finally:
                part.unlink(missing_ok=True)

    def _make_room(self, size: int) -> None:
        """Delete idle copies, then those used longest ago, but none that is in use."""
        copies = sorted((copy.stat().st_mtime, copy) for copy in self.folder.glob("*.parquet"))
        total = size + sum(copy.stat().st_size for _, copy in copies)
        for used, copy in copies:
            if total <= self.max_bytes and used > time.time() - MAX_IDLE_SECONDS:
                break
            total -= _delete_unused(copy)


def _is_at(file: IO[bytes], path: Path) -> bool:
    try:
        return os.fstat(file.fileno()).st_ino == path.stat().st_ino
    except FileNotFoundError:
        return False


def _delete_unused(copy: Path) -> int:
    """Delete a copy unless somebody holds it; return the bytes that are free now."""
    with copy.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        size = os.fstat(file.fileno()).st_size
        copy.unlink()
        return size
