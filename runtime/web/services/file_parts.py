"""Files in S3, or ranges of their bytes, for routes that pass them on."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from runtime.common.objects import is_missing

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client

MAX_PART_BYTES = 8 * 2**20
"""Bytes that are passed on. A whole part is in memory while its reader takes it, so that a slow one
holds no thread of the server. What is longer is read from S3 itself."""

_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{1,15})?")


def is_short(byte_range: str) -> bool:
    """Whether an HTTP Range header names so few bytes that they are passed on."""
    return _RANGE.fullmatch(byte_range) is not None and shortened(byte_range) == byte_range


def shortened(byte_range: str | None) -> str | None:
    """Return a Range header that names no more than MAX_PART_BYTES from the same beginning.

    A server may send less than was asked for, and Content-Range says what it has sent:
    https://www.rfc-editor.org/rfc/rfc9110#section-14.2
    """
    found = _RANGE.fullmatch(byte_range or "")
    if found is None:
        return byte_range
    first = int(found[1])
    end = first + MAX_PART_BYTES - 1
    return f"bytes={first}-{min(int(found[2]), end) if found[2] else end}"


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

    def content(self) -> bytes:
        """Read the bytes, and close the connection."""
        try:
            return self.body.read()
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
