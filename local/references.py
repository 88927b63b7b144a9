"""References that `./gas up --reference DIR` offers beside those of stage `local`.

Each is published to the emulator's S3, as an operator publishes it to AWS, and instances fetch it
from there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import ClientError

from local.aws.account import Account
from local.errors import LocalError
from reference.errors import InputError
from reference.progress import Progress
from reference.published.folder import S3Folder
from reference.published.publish import publish, read_bundle

BUCKET = "gas-references"
BYTES_PER_SECOND = 20_000_000
"""What a booting instance fetches and compares; several boot at once, on this machine's disk."""


@dataclass(frozen=True)
class LocalReference:
    """A bundle of this machine, by its folder; `size` is in bytes."""

    folder: Path
    name: str
    version: str
    size: int

    @property
    def uri(self) -> str:
        """Where it is published, as the stage names it."""
        return f"s3://{BUCKET}/{self.name}-{self.version}"

    @property
    def boot_seconds(self) -> float:
        """How much longer instances may take to boot because of it."""
        return self.size / BYTES_PER_SECOND


def find_references(folders: Sequence[Path]) -> tuple[LocalReference, ...]:
    """Return the bundles in these folders.

    Raises:
        LocalError: one isn't a bundle, or two have the same name.
    """
    found: list[LocalReference] = []
    for folder in folders:
        try:
            manifest, _ = read_bundle(folder)
            size = sum((folder / name).stat().st_size for name in manifest.checksums)
        except (InputError, OSError) as error:
            raise LocalError(str(error)) from error
        if manifest.name in (each.name for each in found):
            raise LocalError(f"Two of the references are named {manifest.name}. Offer one of them.")
        found.append(LocalReference(folder, manifest.name, manifest.version, size))
    return tuple(found)


def publish_references(
    account: Account, references: Sequence[LocalReference], show: Callable[[str], None]
) -> None:
    """Publish the references to the emulator's S3; `show` is told how far it is.

    Raises:
        LocalError: one is damaged, or another bundle of its name and version was published before.
    """
    s3 = account.client("s3")
    try:
        s3.head_bucket(Bucket=BUCKET)
    except ClientError:
        s3.create_bucket(Bucket=BUCKET)
    for reference in references:
        try:
            publish(reference.folder, S3Folder(s3, BUCKET, ""), Progress(show))
        except InputError as error:
            raise LocalError(f"{error} (or start with a new state: ./gas reset)") from error
