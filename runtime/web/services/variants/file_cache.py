"""A cache of result files on this instance's disk, bounded in bytes.

All worker processes of an instance share the folder. A cached file is one version of an object:
S3 is asked for the current version at each use, so a replaced or deleted object is never read.
Callers have checked that the user may see the job.

A file is evicted when its object was replaced or deleted, when nobody has used it for a while
(`evict_idle`), and when another file needs its space. cachetools' caches live in one process and
know nothing of files; these are shared by processes, and one in use may not be evicted, which the
locks of the file system (flock) give.
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

from runtime.common.objects import is_missing

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

GIB = 1024**3
MAX_BYTES = 4 * GIB
"""Of all cached files together. With what two worker processes may spill (`query_engine`), and four
Parquet files that are being exported, that is 10 GiB; a web instance's disk has 16 or more."""

MAX_FILE_BYTES = GIB
"""Of one file: some thirty million variants."""

MAX_IDLE_SECONDS = 600
"""A file that nobody has used for so long is evicted, even where there is space."""

_CHUNK_BYTES = 1024 * 1024


class ResultMissing(Exception):
    """S3 doesn't hold the object."""


class ResultTooLarge(Exception):
    """The object is larger than a cached file may be."""


class CacheFull(Exception):
    """The files in use leave too little space for another one."""


@dataclass(frozen=True)
class ResultFileCache:
    """Files of objects of one bucket, in one folder."""

    s3: "S3Client"
    bucket: str
    folder: Path
    max_bytes: int = MAX_BYTES
    max_file_bytes: int = MAX_FILE_BYTES

    @contextmanager
    def open(self, key: str) -> Iterator[Path]:
        """Give the path of a file with the object's current content, which stays until the exit.

        Raises:
            ResultMissing: there is no such object.
            ResultTooLarge: it is larger than a file may be.
            CacheFull: there is no space for it at the moment.
        """
        etag, size = self._version(key)
        if size > self.max_file_bytes:
            raise ResultTooLarge(key)
        path = self.folder / f"{self._stem(key)}-{_digest(etag)}.parquet"
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._locked(path, key, etag, size):
            yield path

    def evict(self, key: str) -> None:
        """Delete the files of an object; those in use are left to `evict_idle`."""
        _delete_unused(self.folder.glob(f"{self._stem(key)}-*.parquet"))

    def evict_idle(self) -> None:
        """Delete the files that nobody has used for `MAX_IDLE_SECONDS`."""
        since = time.time() - MAX_IDLE_SECONDS
        _delete_unused(path for used, _, path in self._files() if used < since)

    def _stem(self, key: str) -> str:
        return _digest(f"{self.bucket}/{key}")

    def _version(self, key: str) -> tuple[str, int]:
        try:
            head = self.s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if is_missing(error):
                self.evict(key)
                raise ResultMissing(key) from error
            raise
        return head["ETag"], head["ContentLength"]

    @contextmanager
    def _locked(self, path: Path, key: str, etag: str, size: int) -> Iterator[None]:
        """Lock the file against eviction; fetch it first where it is absent."""
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
        # One at a time for all processes: two that want the same object fetch it once.
        with (self.folder / "fetching").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if path.exists():
                return
            self.evict(key)  # other versions
            self._free_space(size)
            part = self.folder / "fetched"
            try:
                answer = self.s3.get_object(Bucket=self.bucket, Key=key, IfMatch=etag)
                with part.open("wb") as file:
                    copyfileobj(answer["Body"], file, _CHUNK_BYTES)
                part.rename(path)
            finally:
                part.unlink(missing_ok=True)

    def _free_space(self, size: int) -> None:
        """Evict the least recently used files, but none that is in use."""
        files = self._files()
        total = size + sum(each for _, each, _ in files)
        for _, _, path in files:
            if total <= self.max_bytes:
                return
            total -= _delete_unused([path])
        if total > self.max_bytes:
            raise CacheFull

    def _files(self) -> list[tuple[float, int, Path]]:
        """When each file was used last, its bytes and its path; least recently used first."""
        found = []
        for path in self.folder.glob("*.parquet"):
            with suppress(FileNotFoundError):  # another process has just deleted it
                state = path.stat()
                found.append((state.st_mtime, state.st_size, path))
        return sorted(found)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _is_at(file: IO[bytes], path: Path) -> bool:
    try:
        return os.fstat(file.fileno()).st_ino == path.stat().st_ino
    except FileNotFoundError:
        return False


def _delete_unused(paths: Iterable[Path]) -> int:
    """Delete the files that nobody has locked; return the bytes freed."""
    freed = 0
    for path in paths:
        with suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            size = os.fstat(file.fileno()).st_size
            path.unlink()
            freed += size
    return freed
