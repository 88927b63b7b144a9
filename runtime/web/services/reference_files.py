"""Files of references that an instance of the site doesn't have: S3 has them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.common.reference import Reference
from runtime.web.services.file_parts import FilePart, NoSuchFile, read_part

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DOWNLOAD_SECONDS = 300
"""How long a download may be started; one that has started may continue."""


@dataclass(frozen=True)
class ReferenceFiles:
    """Reads files of published references: a sequence or a track of a human genome has gigabytes,
    of which a genome browser reads some kilobytes."""

    s3: "S3Client"

    def read_part(
        self, reference: Reference, name: str, byte_range: str, media_type: str
    ) -> FilePart:
        """Return the bytes of a file that an HTTP Range header names.

        Raises:
            NoSuchFile: it isn't there.
            BadRange: it has no such bytes.
        """
        bucket, key = _place(reference, name)
        return read_part(self.s3, bucket, key, byte_range, media_type)

    def download_url(self, reference: Reference, name: str) -> str:
        """Return a presigned URL of a whole file, valid for DOWNLOAD_SECONDS.

        Raises:
            NoSuchFile: the reference has no place in S3.
        """
        bucket, key = _place(reference, name)
        return self.s3.generate_presigned_url(
            "get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=DOWNLOAD_SECONDS
        )


def _place(reference: Reference, name: str) -> tuple[str, str]:
    """Bucket and key of a file."""
    source = reference.source or ""
    if not source.startswith("s3://") or source.endswith(".zip"):
        raise NoSuchFile(name)
    bucket, _, prefix = source.removeprefix("s3://").partition("/")
    return bucket, f"{prefix}/{name}"
