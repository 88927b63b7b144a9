"""Checks a bundle, in a folder or in S3, and lists what is published."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from reference.errors import InputError
from reference.progress import Progress
from reference.published.folder import S3Folder, explained
from reference.published.publish import matches, read_bundle
from runtime.common import bundle_files
from runtime.common.manifest import Manifest

_ASKED_AT_ONCE = 16


@dataclass(frozen=True)
class Checked:
    """A bundle that is whole; `size` in bytes."""

    where: str
    manifest: Manifest
    size: int


def check(where: str, progress: Progress) -> Checked:
    """Check a bundle: in a folder every byte, in S3 each file's presence, and its checksum as noted
    when it was published.

    Raises:
        InputError: naming what is missing or wrong.
    """
    return _check_published(where) if where.startswith("s3://") else _check(Path(where), progress)


def _check(bundle: Path, progress: Progress) -> Checked:
    manifest, body = read_bundle(bundle)
    progress(f"Checking the files of {bundle}")
    try:
        bundle_files.compare(bundle, manifest, manifest.checksums)
    except bundle_files.WrongFile as error:
        raise InputError(bundle, f"{error}. Build the bundle again") from error
    size = sum((bundle / name).stat().st_size for name in manifest.checksums)
    return Checked(str(bundle), manifest, size + len(body))


def _check_published(uri: str) -> Checked:
    folder = S3Folder.of(uri)
    with explained(uri):
        manifest = folder.manifest()
        if manifest is None:
            raise InputError(
                uri, "there is no manifest.json: nothing is published here, or not all"
            )
        return _checked(folder, manifest)


def _checked(folder: S3Folder, manifest: Manifest) -> Checked:
    with ThreadPoolExecutor(_ASKED_AT_ONCE) as pool:
        heads = dict(
            zip(manifest.checksums, pool.map(folder.head, manifest.checksums), strict=True)
        )
    wrong = [name for name, head in heads.items() if not matches(head, manifest.checksums[name])]
    if wrong:
        more = f" and {len(wrong) - 5:,} more" if len(wrong) > 5 else ""
        raise InputError(
            folder.uri,
            f"missing, or not as published: {', '.join(wrong[:5])}{more}. Build the bundle with "
            "another --bundle-version and publish that",
        )
    sizes = [head["ContentLength"] for head in heads.values() if head]
    return Checked(folder.uri, manifest, sum(sizes))


def published(uri: str) -> list[Checked]:
    """Return the bundles that are published below a folder, by name and version.

    Raises:
        InputError: S3 refuses, or a bundle there isn't whole.
    """
    with explained(uri):
        found = [(folder, folder.manifest()) for folder in S3Folder.of(uri).folders()]
        return [_checked(folder, manifest) for folder, manifest in found if manifest]
