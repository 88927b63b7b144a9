"""Restores as S3 does them: requesting one, and looking how far it is."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from runtime.common.job import Job
from runtime.common.log import get_logger
from runtime.common.objects import Head, Objects
from runtime.contract.s3 import RESTORE_SECONDS, RestoreTier

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

COPY_DAYS = 3
"""Days for which S3 keeps a restored copy: it is needed for minutes, unless something is broken."""

_IN_PROGRESS = "RestoreAlreadyInProgress"
_NO_CAPACITY = "GlacierExpeditedRetrievalNotAvailable"
_READABLE_AS_IT_IS = {"ObjectAlreadyInActiveTierError", "InvalidObjectState"}

log = get_logger(__name__)


class Progress(Enum):
    """How far the restore of an archived object is."""

    NOT_REQUESTED = auto()
    """Nobody has requested it, or the restored copy has expired."""

    UNDER_WAY = auto()
    READABLE = auto()


@dataclass(frozen=True)
class Requested:
    """What came of a request: when the object should be readable, and whether it is already.

    Attributes:
        due: in epoch seconds.
    """

    due: int
    readable: bool


@dataclass(frozen=True)
class Retrieval:
    """Asks S3 to restore results in the archive bucket.

    Args:
        s3: the client.
        bucket: the archive bucket.
        tier: how fast, and at which price.
        clock: returns the time in epoch seconds.
    """

    s3: "S3Client"
    bucket: str
    tier: RestoreTier
    clock: Callable[[], float] = time.time

    def request(self, job: Job) -> Requested:
        """Request the archived VCF of a result. A restore that is under way already is as good.

        Expedited falls back to Standard when S3 has no capacity for it.

        Raises:
            ObjectMissing: the archive doesn't hold it.
            botocore.exceptions.ClientError: S3 refused, or is throttling.
        """
        head = self.head(job)
        tier = self._tier(head)
        try:
            readable = self._ask(head, tier)
        except ClientError as error:
            if error.response["Error"]["Code"] != _NO_CAPACITY:
                raise
            log.warning("no capacity for Expedited, requesting Standard")
            return Requested(self._due(head, "Standard"), self._ask(head, "Standard"))
        return Requested(self._due(head, tier), readable)

    def progress(self, head: Head) -> Progress:
        """Say how far the restore of an object is, from what S3 tells of it."""
        if not _waits(head):
            return Progress.READABLE
        if head.restore is None:
            return Progress.NOT_REQUESTED
        under_way = 'ongoing-request="true"' in head.restore
        return Progress.UNDER_WAY if under_way else Progress.READABLE

    def head(self, job: Job) -> Head:
        """Look at a job's annotated VCF in the archive.

        The emulator tells of a restore where no version is named; of an object that isn't the
        current version, only the naming one tells anything.

        Raises:
            ObjectMissing: the archive doesn't hold it.
        """
        objects, key = Objects(self.s3), job.result_keys.vcf
        version_id = job.archive_versions["vcf"]
        current = objects.head(self.bucket, key)
        if current.version.version_id == version_id:
            return current
        return objects.head(self.bucket, key, version_id)

    def _tier(self, head: Head) -> RestoreTier:
        """The stage's tier, or Standard where the object's class has no such tier.

        Objects keep the class that the stage had when they were archived.
        """
        takes_it = (head.storage_class, self.tier) in RESTORE_SECONDS
        return "Standard" if _waits(head) and not takes_it else self.tier

    def _ask(self, head: Head, tier: RestoreTier) -> bool:
        """Ask, and return whether the object is readable already."""
        try:
            answer = self.s3.restore_object(
                Bucket=head.version.bucket,
                Key=head.version.key,
                VersionId=head.version.version_id,
                RestoreRequest={"Days": COPY_DAYS, "GlacierJobParameters": {"Tier": tier}},
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == _IN_PROGRESS:
                return False
            if code in _READABLE_AS_IT_IS and self.progress(head) is Progress.READABLE:
                return True
            raise
        # 202 Accepted, or 200 OK where a restored copy is there and is kept for longer:
        # https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
        return answer["ResponseMetadata"]["HTTPStatusCode"] == 200

    def _due(self, head: Head, tier: RestoreTier) -> int:
        return int(self.clock()) + RESTORE_SECONDS.get((head.storage_class, tier), 0)


def _waits(head: Head) -> bool:
    """Whether an object of this storage class must be restored before it can be read."""
    return (head.storage_class, "Standard") in RESTORE_SECONDS
