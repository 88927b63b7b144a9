"""Objects of versioned buckets, by their versions: to copy exactly one, to delete exactly one.

A plain delete or copy means whatever is current when S3 gets to it. A process that slept meanwhile
would hit what another one has written since; a version is never anything else.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import StorageClassType
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, CopySourceTypeDef

MAX_COPY_BYTES = 5 * 1024**3
"""The largest object that one CopyObject copies.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html"""

PART_BYTES = 1024**3
"""Size of a part of a larger copy; 10,000 parts of at most 5 GiB are allowed, and an object is no
larger than 5 TiB: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html"""

MAX_DELETED = 1000
"""Versions that one call deletes.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html"""

_MISSING = {"404", "NoSuchKey", "NoSuchVersion"}
"""Codes by which S3 says that an object isn't there; HeadObject has only the status.

A role that may not list the bucket gets 403 instead, as for a permission that it has lost. So every
role that reads objects has s3:ListBucket, and 403 never means a missing object.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html"""


def is_missing(error: ClientError) -> bool:
    """Whether S3 says that there is no such object, or no such version of it."""
    return error.response["Error"]["Code"] in _MISSING


class ObjectMissing(Exception):
    """There is no such object, or no such version of it."""


class NotDeleted(Exception):
    """S3 refused to delete some versions; the text names the first."""


@dataclass(frozen=True)
class Version:
    """One version of an object."""

    bucket: str
    key: str
    version_id: str


@dataclass(frozen=True)
class Head:
    """What S3 tells of a version.

    Attributes:
        restore: the header x-amz-restore, of an archived object that was asked for.
        metadata: that of users (x-amz-meta-), which CopyObject keeps and a copy in parts must name.
    """

    version: Version
    size: int
    content_type: str
    storage_class: str
    restore: str | None
    metadata: dict[str, str]


@dataclass(frozen=True)
class Objects:
    """Objects of versioned buckets.

    Args:
        s3: the client.
        max_copy_bytes: what is larger is copied in parts.
        part_bytes: size of the parts.
    """

    s3: "S3Client"
    max_copy_bytes: int = MAX_COPY_BYTES
    part_bytes: int = PART_BYTES

    def head(self, bucket: str, key: str, version_id: str | None = None) -> Head:
        """Look at the current version of an object, or at the one that is named.

        Raises:
            ObjectMissing: there is none.
        """
        which = {} if version_id is None else {"VersionId": version_id}
        try:
            # mypy takes `which` for arguments of any name.
            answer = self.s3.head_object(Bucket=bucket, Key=key, **which)  # type: ignore[arg-type]
        except ClientError as error:
            raise _translated(error, Version(bucket, key, version_id or "current")) from error
        return Head(
            version=Version(bucket, key, answer["VersionId"]),
            size=answer["ContentLength"],
            content_type=answer["ContentType"],
            storage_class=answer.get("StorageClass", "STANDARD"),
            restore=answer.get("Restore"),
            metadata=answer["Metadata"],
        )

    def versions(self, bucket: str, prefix: str) -> list[Version]:
        """List the versions under a prefix, delete markers left out, a page at a time."""
        pages = self.s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
        return [
            Version(bucket, found["Key"], found["VersionId"])
            for page in pages
            for found in page.get("Versions", [])
        ]

    def delete(self, versions: Iterable[Version]) -> None:
        """Delete exactly these versions for good; one that is gone already is fine.

        Raises:
            NotDeleted: S3 refused one.
        """
        by_bucket: dict[str, list[Version]] = {}
        for version in versions:
            by_bucket.setdefault(version.bucket, []).append(version)
        for bucket, found in by_bucket.items():
            for start in range(0, len(found), MAX_DELETED):
                self._delete_batch(bucket, found[start : start + MAX_DELETED])

    def _delete_batch(self, bucket: str, versions: Iterable[Version]) -> None:
        named = [{"Key": each.key, "VersionId": each.version_id} for each in versions]
        # boto3's types know literal dictionaries alone.
        answer = self.s3.delete_objects(
            Bucket=bucket,
            Delete={"Objects": named, "Quiet": True},  # type: ignore[typeddict-item]
        )
        for error in answer.get("Errors", []):
            raise NotDeleted(f"{error.get('Key')} in {bucket}: {error.get('Code')}")

    def copy(
        self,
        source: Head,
        bucket: str,
        *,
        storage_class: "StorageClassType",
        check_cancelled: Callable[[], None] = lambda: None,
    ) -> Version:
        """Copy one version into another bucket under the same key, without a byte coming here.

        Args:
            check_cancelled: called before each part of a large object; the copy is dropped when it
                raises.

        Raises:
            ObjectMissing: the version is gone.
            botocore.exceptions.ClientError: S3 refused it.
        """
        try:
            if source.size > self.max_copy_bytes:
                return self._copy_parts(source, bucket, storage_class, check_cancelled)
            return self._copy_whole(source, bucket, storage_class)
        except ClientError as error:
            raise _translated(error, source.version) from error

    def _copy_whole(self, source: Head, bucket: str, storage_class: "StorageClassType") -> Version:
        key = source.version.key
        answer = self.s3.copy_object(
            Bucket=bucket, Key=key, CopySource=_source(source.version), StorageClass=storage_class
        )
        return Version(bucket, key, answer["VersionId"])

    def _copy_parts(
        self,
        source: Head,
        bucket: str,
        storage_class: "StorageClassType",
        check_cancelled: Callable[[], None],
    ) -> Version:
        key = source.version.key
        upload_id = self.s3.create_multipart_upload(
            Bucket=bucket,
            Key=key,
            StorageClass=storage_class,
            ContentType=source.content_type,
            Metadata=source.metadata,
        )["UploadId"]
        try:
            parts = self._parts(source, bucket, upload_id, check_cancelled)
            answer = self.s3.complete_multipart_upload(
                Bucket=bucket, Key=key, UploadId=upload_id, MultipartUpload={"Parts": parts}
            )
        except BaseException:
            # Parts that stay are paid for; the bucket's lifecycle drops what a crash leaves.
            self.s3.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload_id)
            raise
        return Version(bucket, key, answer["VersionId"])

    def _parts(
        self, source: Head, bucket: str, upload_id: str, check_cancelled: Callable[[], None]
    ) -> "list[CompletedPartTypeDef]":
        parts: list[CompletedPartTypeDef] = []
        for number, first in enumerate(range(0, source.size, self.part_bytes), start=1):
            check_cancelled()
            last = min(first + self.part_bytes, source.size) - 1
            answer = self.s3.upload_part_copy(
                Bucket=bucket,
                Key=source.version.key,
                UploadId=upload_id,
                PartNumber=number,
                CopySource=_source(source.version),
                CopySourceRange=f"bytes={first}-{last}",
            )
            parts.append({"PartNumber": number, "ETag": answer["CopyPartResult"]["ETag"]})
        return parts


def _source(version: Version) -> "CopySourceTypeDef":
    return {"Bucket": version.bucket, "Key": version.key, "VersionId": version.version_id}


def _translated(error: ClientError, version: Version) -> Exception:
    return ObjectMissing(f"there is no {version}") if is_missing(error) else error
