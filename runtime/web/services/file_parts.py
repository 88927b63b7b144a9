"""Files in S3, or ranges of their bytes, for routes that pass them on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from runtime.common.objects import is_missing

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client

CHUNK_BYTES = 256 * 1024


class BadRange(Exception):
    """The file has no such bytes."""


class NoSuchFile(Exception):
    """S3 has no such file."""


@dataclass(frozen=True)
class FilePart:
    """A file, or some of its bytes: `content_range` says which, `length` how many."""

    body: "StreamingBody"
    length: int
    content_range: str | None
    media_type: str

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes, and close the connection at the end."""
        try:
            yield from self.body.iter_chunks(CHUNK_BYTES)
        finally:
            self.body.close()


def read_part(
    s3: "S3Client", bucket: str, key: str, byte_range: str | None, media_type: str
) -> FilePart:
    """Return a file, or the bytes of it that an HTTP Range header names.

    Raises:
        NoSuchFile: it isn't there.
        BadRange: it has no such bytes.
    """
    try:
        if byte_range:
            answer = s3.get_object(Bucket=bucket, Key=key, Range=byte_range)
        else:
            answer = s3.get_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("InvalidRange", "416"):
            raise BadRange(byte_range) from error
        if is_missing(error):
            raise NoSuchFile(key) from error
        raise
    return FilePart(answer["Body"], answer["ContentLength"], answer.get("ContentRange"), media_type)
