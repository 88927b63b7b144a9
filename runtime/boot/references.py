"""Installs the offered references: `python -m runtime.boot.references PROCESS...`, once at boot.

Each comes from a folder that `./gas reference publish` wrote, or from a zip file. Files are fetched
several at once, large ones in parallel ranges, and compared with the manifest's checksums. An
annotator's instance gets them all; for pages alone the small ones do, and web reads what else a
genome browser shows from S3. It can run again: files that are already there are kept.
"""

import os
import shutil
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError

from runtime.common import aws, bundle_files
from runtime.common.manifest import FILE_NAME, Manifest
from runtime.common.references import (
    CATALOGUE,
    Offered,
    page_files,
    read_catalogue,
    write_catalogue,
)
from runtime.contract.environment import variable_name
from runtime.contract.processes import AnnotatorConfig

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MIB = 1024**2
GIB = 1024**3
RANGES = TransferConfig(
    multipart_threshold=32 * MIB,
    multipart_chunksize=32 * MIB,
    max_concurrency=8,
    max_io_queue=200,  # pieces of 256 KiB that wait for the disk, of each file: 50 MiB
)
"""A connection to S3 carries about 90 MB/s, so several are needed to fill an instance's link.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance-guidelines.html"""

FILES_AT_ONCE = 4
REPORT_SECONDS = 10.0


class InstallError(Exception):
    """The references can't be installed; the text names which, and why."""


@dataclass(frozen=True)
class Installer:
    """Installs references below `folder`.

    Attributes:
        whole: every file of a bundle, as annotators need it; else what pages read.
    """

    s3: "S3Client"
    folder: Path
    whole: bool

    def install(self, sources: list[str]) -> None:
        """Install the references at these S3 URIs, and write which they are.

        Raises:
            InstallError: one can't be fetched, is damaged, or two have the same name.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        offered: list[Offered] = []
        for source in sources:
            manifest = self._install(source)
            if manifest.name in (each.name for each in offered):
                raise InstallError(f"two of the references are named {manifest.name}: offer one")
            offered.append(Offered(name=manifest.name, source=source))
        write_catalogue(self.folder, offered)

    def _install(self, source: str) -> Manifest:
        try:
            return self._unpack(source) if source.endswith(".zip") else self._fetch(source)
        except (BotoCoreError, ClientError, OSError, zipfile.BadZipFile) as error:
            raise InstallError(f"{source} can't be fetched: {error}") from error
        except ValidationError as error:
            raise InstallError(f"the manifest of {source} is wrong: {error}") from error
        except bundle_files.WrongFile as error:
            raise InstallError(f"{source} is damaged: {error}") from error

    def _unpack(self, source: str) -> Manifest:
        if manifest := self._installed(source):
            return manifest
        bucket, key = split_uri(source)
        archive, part = self.folder / ".part.zip", self.folder / ".part"
        shutil.rmtree(part, ignore_errors=True)
        self.s3.download_file(bucket, key, str(archive), Config=RANGES)
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(part)
        archive.unlink()
        manifest = _manifest(part)
        bundle_files.compare(part, manifest, manifest.checksums)
        bundle_files.mark_verified(part, manifest)
        shutil.rmtree(self.folder / manifest.name, ignore_errors=True)
        part.replace(self.folder / manifest.name)
        return manifest

    def _installed(self, source: str) -> Manifest | None:
        """The manifest of what an earlier boot unpacked from a zip file."""
        if not (self.folder / CATALOGUE).exists():
            return None
        for each in read_catalogue(self.folder):
            if each.source == source:
                return _manifest(self.folder / each.name)
        return None

    def _fetch(self, source: str) -> Manifest:
        bucket, prefix = split_uri(source)
        body = self.s3.get_object(Bucket=bucket, Key=f"{prefix}/{FILE_NAME}")["Body"].read()
        manifest = Manifest.model_validate_json(body)
        folder = self.folder / manifest.name
        folder.mkdir(exist_ok=True)
        (folder / FILE_NAME).write_bytes(body)
        if bundle_files.is_verified(folder, manifest):
            return manifest
        names = list(manifest.checksums) if self.whole else page_files(manifest)
        missing = [name for name in names if not _is_there(folder, manifest, name)]
        sizes = self._sizes(bucket, prefix, missing)
        _require_space(folder, sum(sizes.values()))
        with _reporting(manifest.name, sum(sizes.values())) as count:
            self._download(bucket, prefix, missing, folder, count)
        bundle_files.compare(folder, manifest, missing)
        if self.whole:
            bundle_files.mark_verified(folder, manifest)
        return manifest

    def _sizes(self, bucket: str, prefix: str, names: list[str]) -> dict[str, int]:
        def size(name: str) -> int:
            return self.s3.head_object(Bucket=bucket, Key=f"{prefix}/{name}")["ContentLength"]

        with ThreadPoolExecutor(FILES_AT_ONCE * 4) as pool:
            return dict(zip(names, pool.map(size, names), strict=True))

    def _download(
        self, bucket: str, prefix: str, names: list[str], folder: Path, count: Callable[[int], None]
    ) -> None:
        def download(name: str) -> None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            key = f"{prefix}/{name}"
            self.s3.download_file(bucket, key, str(path), Config=RANGES, Callback=count)

        with ThreadPoolExecutor(FILES_AT_ONCE) as pool:
            for _ in pool.map(download, names):
                pass


def split_uri(uri: str) -> tuple[str, str]:
    """Return bucket and key of an S3 URI."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key.rstrip("/")


def _manifest(folder: Path) -> Manifest:
    return Manifest.model_validate_json((folder / FILE_NAME).read_bytes())


def _is_there(folder: Path, manifest: Manifest, name: str) -> bool:
    """Whether an earlier boot fetched a file; one that is cut short doesn't count."""
    path = folder / name
    return path.is_file() and bundle_files.digest(path) == manifest.checksums[name]


def _require_space(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if size > free:
        raise InstallError(
            f"{folder.name} needs {size / GIB:.1f} GiB more, the disk has {free / GIB:.1f} GiB: "
            "raise disk_gib in the stage's file"
        )


@contextmanager
def _reporting(name: str, total: int) -> Iterator[Callable[[int], None]]:
    """Give a function that counts fetched bytes; say every few seconds how many there are."""
    done, lock, ended = 0, threading.Lock(), threading.Event()

    def count(fetched: int) -> None:
        nonlocal done
        with lock:
            done += fetched

    def report() -> None:
        while not ended.wait(REPORT_SECONDS):
            say(f"{name}: {done / GIB:.1f} of {total / GIB:.1f} GiB are here")

    began = time.monotonic()
    reporter = threading.Thread(target=report, daemon=True)
    reporter.start()
    try:
        yield count
    finally:
        ended.set()
        reporter.join()
    say(f"{name}: fetched {done / GIB:.1f} GiB in {time.monotonic() - began:.0f} s")


def say(text: str) -> None:
    """Write a line as the boot script does."""
    sys.stdout.write(f"boot: {text}\n")
    sys.stdout.flush()


def main(processes: list[str]) -> int:
    """Install what the environment names; return the exit code."""
    sources = os.environ[variable_name("references_s3_uris")].split(",")
    folder = Path(os.environ[variable_name("references_dir")])
    try:
        Installer(aws.client("s3"), folder, AnnotatorConfig.process in processes).install(sources)
    except InstallError as error:
        say(f"the references weren't installed: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
