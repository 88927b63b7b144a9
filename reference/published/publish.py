"""Publishes a bundle: uploads its files to S3, and its manifest last."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from boto3.s3.transfer import TransferConfig

from reference.errors import InputError
from reference.progress import Progress
from reference.published.folder import SHA256, S3Folder, explained, read_manifest
from reference.recipes.sizes import size_text
from runtime.common import bundle_files
from runtime.common.manifest import FILE_NAME, Manifest

MIB = 1024**2
_PARTS = TransferConfig(
    multipart_threshold=64 * MIB, multipart_chunksize=64 * MIB, max_concurrency=8
)
_FILES_AT_ONCE = 4


@dataclass(frozen=True)
class Publication:
    """A bundle in S3.

    Attributes:
        folder: as a stage names it.
        size: bytes of all of its files.
        uploaded: files that this run has uploaded; 0 where all of it was there.
    """

    folder: str
    manifest: Manifest
    size: int
    uploaded: int


def publish(bundle: Path, parent: S3Folder, progress: Progress) -> Publication:
    """Publish the bundle in a folder as NAME-VERSION below `parent`; safe to repeat.

    What an earlier run has uploaded is kept. A folder with a manifest is complete, and never
    changes: an instance that boots meanwhile gets all of one version.

    Raises:
        InputError: the bundle is damaged, another one of that name and version is published, or S3
            refuses.
    """
    manifest, body = read_bundle(bundle)
    progress(f"Checking the files of {bundle}")
    try:
        bundle_files.verify(bundle, manifest)
    except bundle_files.WrongFile as error:
        raise InputError(bundle, f"{error}. Build the bundle again") from error
    target = parent.below(f"{manifest.name}-{manifest.version}")
    sizes = {name: (bundle / name).stat().st_size for name in manifest.checksums}
    size = sum(sizes.values()) + len(body)
    with explained(target.uri):
        there = target.manifest_bytes()
        if there == body:
            return Publication(target.uri, manifest, size, 0)
        if there is not None:
            raise InputError(
                target.uri,
                "another bundle of this name and version is published here, and is never "
                "overwritten: build yours with another --bundle-version",
            )
        missing = _missing(target, manifest, sizes)
        _upload(bundle, target, manifest, {name: sizes[name] for name in missing}, progress)
        target.s3.put_object(
            Bucket=target.bucket,
            Key=target.key(FILE_NAME),
            Body=body,
            ContentType="application/json",
            # Of two who publish at once, one is refused.
            IfNoneMatch="*",
        )
    return Publication(target.uri, manifest, size, len(missing) + 1)


def read_bundle(bundle: Path) -> tuple[Manifest, bytes]:
    """Return the manifest of the bundle in a folder, and its bytes.

    Raises:
        InputError: it isn't there, or isn't a manifest.
    """
    path = bundle / FILE_NAME
    try:
        body = path.read_bytes()
    except OSError as error:
        raise InputError(path, f"{error.strerror}: is {bundle} a bundle's folder?") from error
    return read_manifest(str(path), body), body


def _missing(target: S3Folder, manifest: Manifest, sizes: dict[str, int]) -> list[str]:
    """The files that aren't there yet as they are in the bundle."""

    def is_there(name: str) -> bool:
        return matches(target.head(name), manifest.checksums[name], sizes[name])

    with ThreadPoolExecutor(4 * _FILES_AT_ONCE) as pool:
        found = pool.map(is_there, sizes)
    return [name for name, there in zip(sizes, found, strict=True) if not there]


def matches(head: dict[str, object] | None, checksum: str, size: int | None = None) -> bool:
    """Return whether what S3 says of a file is what was published: its checksum, and its size."""
    if head is None:
        return False
    metadata = head["Metadata"]
    return (
        isinstance(metadata, dict)
        and metadata.get(SHA256) == checksum.removeprefix("sha256:")
        and size in (None, head["ContentLength"])
    )


def _upload(
    bundle: Path, target: S3Folder, manifest: Manifest, sizes: dict[str, int], progress: Progress
) -> None:
    total, done, lock = sum(sizes.values()), 0, threading.Lock()

    def count(sent: int) -> None:
        nonlocal done
        with lock:
            done += sent
            progress(f"Uploading to {target.uri}: {size_text(done)} of {size_text(total)}")

    def upload(name: str) -> None:
        target.s3.upload_file(
            str(bundle / name),
            target.bucket,
            target.key(name),
            ExtraArgs={"Metadata": {SHA256: manifest.checksums[name].removeprefix("sha256:")}},
            Config=_PARTS,
            Callback=count,
        )

    with ThreadPoolExecutor(_FILES_AT_ONCE) as pool:
        for _ in pool.map(upload, sizes):
            pass
