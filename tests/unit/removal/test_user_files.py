"""Deleting objects for good, on real buckets with and without versions."""

import uuid
from typing import TYPE_CHECKING

import pytest

from runtime.removal import user_files
from runtime.removal.user_files import NotDeleted, UserFiles
from tests.emulator import Emulator

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture
def s3(emulator: Emulator) -> "S3Client":
    return emulator.session.client("s3", endpoint_url=emulator.endpoint_url)


@pytest.fixture(params=["plain", "versioned"])
def bucket(request: pytest.FixtureRequest, s3: "S3Client") -> str:
    """A bucket of each kind that holds users' objects."""
    name = f"bucket-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=name)
    if request.param == "versioned":
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def of(s3: "S3Client", bucket: str) -> UserFiles:
    return UserFiles(s3=s3, inputs=bucket, results=bucket, archive=bucket)


def left(s3: "S3Client", bucket: str) -> set[str]:
    """Keys of every version and delete marker."""
    answer = s3.list_object_versions(Bucket=bucket)
    versions = {each["Key"] for each in answer.get("Versions", [])}
    return versions | {each["Key"] for each in answer.get("DeleteMarkers", [])}


def nothing() -> None:
    return


def test_should_leave_no_version_and_no_marker_when_deleted(s3: "S3Client", bucket: str) -> None:
    for key in ("users/ada/1/x", "users/ada/1/y", "users/ada/12/x", "users/ad/1/x"):
        for body in (b"old", b"new"):
            s3.put_object(Bucket=bucket, Key=key, Body=body)
    s3.delete_object(Bucket=bucket, Key="users/ada/1/y")

    deleted = of(s3, bucket).delete(bucket, "users/ada/1/", nothing)

    assert deleted > 0
    assert left(s3, bucket) == {"users/ada/12/x", "users/ad/1/x"}
    assert of(s3, bucket).delete(bucket, "users/ada/1/", nothing) == 0


def test_should_go_page_by_page_when_there_are_many(
    s3: "S3Client", bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(user_files, "BATCH", 3)
    for number in range(8):
        s3.put_object(Bucket=bucket, Key=f"users/ada/1/{number}", Body=b"x")
    ticks: list[int] = []

    deleted = of(s3, bucket).delete(bucket, "users/ada/1/", lambda: ticks.append(1))

    assert (deleted, left(s3, bucket)) == (8, set())
    assert len(ticks) >= 3


@pytest.mark.parametrize("prefix", ["", "users", "users/", "users/ada", "elsewhere/ada/"])
def test_should_refuse_when_the_prefix_is_not_one_of_a_user(
    s3: "S3Client", bucket: str, prefix: str
) -> None:
    s3.put_object(Bucket=bucket, Key="users/ada/1/x", Body=b"x")
    with pytest.raises(ValueError, match="not the prefix of a user"):
        of(s3, bucket).delete(bucket, prefix, nothing)
    assert left(s3, bucket)


def test_should_say_so_when_s3_keeps_an_object(
    s3: "S3Client", bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.put_object(Bucket=bucket, Key="users/ada/1/x", Body=b"x")
    kept = {"Errors": [{"Key": "users/ada/1/x", "Code": "InternalError", "Message": "later"}]}
    monkeypatch.setattr(s3, "delete_objects", lambda **_: kept)
    with pytest.raises(NotDeleted, match=r"1 of 1 .*users/ada/1/x.*InternalError"):
        of(s3, bucket).delete(bucket, "users/ada/1/", nothing)
