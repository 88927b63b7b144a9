"""Deletes objects permanently: every version of them, and the delete markers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.contract.s3 import EXPORTS_PREFIX, USERS_PREFIX

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ListObjectVersionsOutputTypeDef, ObjectIdentifierTypeDef

BATCH = 1000
"""The most versions that S3 lists, or deletes, in one call.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html"""


class NotDeleted(Exception):
    """S3 didn't delete some of the objects; the text names the first one and the reason."""


@dataclass(frozen=True)
class UserFiles:
    """The objects of users, in all buckets that hold any."""

    s3: "S3Client"
    inputs: str
    results: str
    archive: str

    def delete(self, bucket: str, prefix: str, check_cancelled: Callable[[], None]) -> int:
        """Delete everything under `prefix`; return the number of versions and markers.

        Args:
            prefix: ends with a slash, so that it means one job, or one user; of exports too.
            check_cancelled: called before each batch; may raise to end here.

        Raises:
            ValueError: the prefix isn't that of a user.
            NotDeleted: S3 refused some.
        """
        of_users = prefix.startswith((USERS_PREFIX, EXPORTS_PREFIX))
        if not of_users or not prefix.endswith("/") or prefix.count("/") < 2:
            raise ValueError(f"not the prefix of a user: {prefix!r}")
        deleted = 0
        pages = self.s3.get_paginator("list_object_versions").paginate(
            Bucket=bucket, Prefix=prefix, PaginationConfig={"PageSize": BATCH}
        )
        for page in pages:
            check_cancelled()
            versions = _versions(page)
            if versions:
                self._delete_batch(bucket, versions)
            deleted += len(versions)
        return deleted

    def _delete_batch(self, bucket: str, versions: "list[ObjectIdentifierTypeDef]") -> None:
        answer = self.s3.delete_objects(Bucket=bucket, Delete={"Objects": versions, "Quiet": True})
        if errors := answer.get("Errors"):
            first = errors[0]
            raise NotDeleted(
                f"{len(errors)} of {len(versions)} objects, such as {first.get('Key')} in "
                f"{bucket}: {first.get('Code')} {first.get('Message')}"
            )


def _versions(page: "ListObjectVersionsOutputTypeDef") -> "list[ObjectIdentifierTypeDef]":
    found: list[ObjectIdentifierTypeDef] = [
        {"Key": each["Key"], "VersionId": each["VersionId"]} for each in page.get("Versions", [])
    ]
    found += [
        {"Key": each["Key"], "VersionId": each["VersionId"]}
        for each in page.get("DeleteMarkers", [])
    ]
    return found
