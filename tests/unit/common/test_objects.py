"""Objects by their versions: copied whole or in parts, deleted one by one."""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from runtime.common.objects import ObjectMissing, Objects, Version, is_missing
from tests.emulator import Emulator

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MIB = 1024**2
METADATA = {"sha256": "0" * 64}
KEY = "users/ada/job-1/x (1)+y.annot.vcf.gz"


@dataclass(frozen=True)
class Buckets:
    """Two versioned buckets."""

    s3: "S3Client"
    results: str
    archive: str

    def put(self, body: bytes) -> Version:
        """Write a version into the results bucket."""
        answer = self.s3.put_object(
            Bucket=self.results,
            Key=KEY,
            Body=body,
            ContentType="application/gzip",
            Metadata=METADATA,
        )
        return Version(self.results, KEY, answer["VersionId"])


@pytest.fixture
def buckets(emulator: Emulator) -> Buckets:
    s3 = emulator.session.client("s3", endpoint_url=emulator.endpoint_url)
    name = uuid.uuid4().hex
    made = Buckets(s3, f"results-{name}", f"archive-{name}")
    for bucket in (made.results, made.archive):
        s3.create_bucket(Bucket=bucket)
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return made


@pytest.mark.parametrize("part_mib", [5, 6, 11])
def test_should_copy_every_byte_when_an_object_goes_in_parts(
    buckets: Buckets, part_mib: int
) -> None:
    body = bytes(range(256)) * (11 * MIB // 256) + b"the end"
    buckets.put(body)
    objects = Objects(buckets.s3, max_copy_bytes=10 * MIB, part_bytes=part_mib * MIB)
    ticks: list[None] = []
    copy = objects.copy(
        objects.head(buckets.results, KEY),
        buckets.archive,
        storage_class="STANDARD_IA",
        check_cancelled=lambda: ticks.append(None),
    )
    found = buckets.s3.get_object(Bucket=copy.bucket, Key=copy.key, VersionId=copy.version_id)
    assert found["Body"].read() == body
    assert (found["ContentType"], found["StorageClass"]) == ("application/gzip", "STANDARD_IA")
    assert found["Metadata"] == METADATA
    assert len(ticks) == -(-len(body) // (part_mib * MIB))


def test_should_leave_no_parts_when_a_copy_is_stopped(buckets: Buckets) -> None:
    buckets.put(b"x" * 11 * MIB)
    objects = Objects(buckets.s3, max_copy_bytes=10 * MIB, part_bytes=6 * MIB)
    ticks = iter([None])

    def stop() -> None:
        if next(ticks, "stop"):
            raise InterruptedError

    with pytest.raises(InterruptedError):
        objects.copy(
            objects.head(buckets.results, KEY),
            buckets.archive,
            storage_class="GLACIER",
            check_cancelled=stop,
        )
    assert "Uploads" not in buckets.s3.list_multipart_uploads(Bucket=buckets.archive)
    assert objects.versions(buckets.archive, "users/") == []


@pytest.mark.parametrize("max_copy_bytes", [0, 100])
def test_should_say_so_when_the_version_is_gone(buckets: Buckets, max_copy_bytes: int) -> None:
    version = buckets.put(b"x")
    objects = Objects(buckets.s3, max_copy_bytes=max_copy_bytes)
    head = objects.head(buckets.results, KEY)
    objects.delete([version])
    with pytest.raises(ObjectMissing):
        objects.copy(head, buckets.archive, storage_class="GLACIER")
    with pytest.raises(ObjectMissing):
        objects.head(buckets.results, KEY)


def test_should_delete_the_named_versions_alone(buckets: Buckets) -> None:
    old, new = buckets.put(b"old"), buckets.put(b"new")
    objects = Objects(buckets.s3)
    objects.delete([old])
    objects.delete([old])
    assert objects.versions(buckets.results, "users/ada/") == [new]
    buckets.s3.delete_object(Bucket=buckets.results, Key=KEY)
    assert objects.versions(buckets.results, "users/ada/") == [new]


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ("404", True),
        ("NoSuchKey", True),
        ("NoSuchVersion", True),
        ("403", False),
        ("AccessDenied", False),
        ("NoSuchBucket", False),
    ],
)
def test_should_take_no_lost_permission_for_a_missing_object_when_s3_refuses(
    code: str, missing: bool
) -> None:
    error = ClientError({"Error": {"Code": code, "Message": ""}}, "GetObject")
    assert is_missing(error) is missing
