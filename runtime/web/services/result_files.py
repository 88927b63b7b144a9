"""The files of a job's result as S3 holds them: names, sizes, checksums, and addresses to download.

Summary and log stay readable while the result itself is archived.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from runtime.common.job import Job
from runtime.common.keys import ARCHIVED_FILES, ResultNames
from runtime.common.objects import is_missing
from runtime.contract.job_status import JobStatus
from runtime.contract.s3 import SHA256_METADATA
from runtime.web.services.attachment import attachment
from runtime.web.services.result_retention import why_not_downloadable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DOWNLOAD_SECONDS = 300
"""How long a download may be started; one that has started may continue."""


class FileKind(StrEnum):
    """The files of a result, by their names in `ResultNames`."""

    VCF = "vcf"
    INDEX = "index"
    PARQUET = "parquet"
    GENOTYPES = "genotypes"
    SUMMARY = "summary"
    LOG = "log"


MEDIA_TYPES = {
    FileKind.VCF: "application/gzip",
    FileKind.INDEX: "application/octet-stream",
    FileKind.PARQUET: "application/vnd.apache.parquet",
    FileKind.GENOTYPES: "application/vnd.apache.parquet",
    FileKind.SUMMARY: "application/json",
    FileKind.LOG: "text/plain; charset=utf-8",
}


class NoSuchResultFile(Exception):
    """The result doesn't have that file, or it can't be read now; the text is a sentence."""


@dataclass(frozen=True)
class StoredFile:
    """One file of a result.

    Attributes:
        name: under which it is saved, made from the name of the input.
        size: in bytes.
        created: the epoch second at which its bytes were made, which a restore doesn't change.
        sha256: in hexadecimal; None of results that are older than this checksum.
        etag: S3's own mark of the bytes. A restore may change it.
    """

    kind: FileKind
    name: str
    size: int
    created: int
    sha256: str | None
    etag: str

    @property
    def media_type(self) -> str:
        """The value of its Content-Type."""
        return MEDIA_TYPES[self.kind]


@dataclass(frozen=True)
class ResultFiles:
    """Looks at the files of results in S3. Callers have checked whose the job is."""

    s3: "S3Client"
    bucket: str

    def all(self, job: Job) -> list[StoredFile]:
        """Return the files that can be read now: some results have no index or no genotypes."""
        return [file for kind in FileKind if (file := self._look(job, kind))]

    def find(self, job: Job, kind: FileKind) -> StoredFile:
        """Look at one file.

        Raises:
            NoSuchResultFile: it isn't there, or can't be read now; the text says why.
        """
        if reason := why_unreadable(job, kind):
            raise NoSuchResultFile(reason)
        if (file := self._look(job, kind)) is None:
            raise NoSuchResultFile("This result has no such file.")
        return file

    def download_url(self, job: Job, kind: FileKind) -> str:
        """Return a presigned URL of a file, valid for DOWNLOAD_SECONDS. S3 isn't asked for it."""
        return self.s3.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self.bucket,
                "Key": getattr(job.result_keys, kind),
                "ResponseContentDisposition": attachment(_name(job, kind)),
                "ResponseContentType": MEDIA_TYPES[kind],
            },
            ExpiresIn=DOWNLOAD_SECONDS,
        )

    def _look(self, job: Job, kind: FileKind) -> StoredFile | None:
        if why_unreadable(job, kind):
            return None
        try:
            head = self.s3.head_object(Bucket=self.bucket, Key=getattr(job.result_keys, kind))
        except ClientError as error:
            if is_missing(error):
                return None
            raise
        return StoredFile(
            kind=kind,
            name=_name(job, kind),
            size=head["ContentLength"],
            created=job.complete_time or int(head["LastModified"].timestamp()),
            sha256=head["Metadata"].get(SHA256_METADATA),
            etag=head["ETag"].strip('"'),
        )


def why_unreadable(job: Job, kind: FileKind) -> str | None:
    """Return a sentence on why no file of this kind can be read now; None if one may be there."""
    if kind is FileKind.LOG:
        return None if job.has_log else "This job has no log yet."
    if job.job_status is not JobStatus.COMPLETED:
        return "This job has no result to download."
    return why_not_downloadable(job) if kind in ARCHIVED_FILES else None


def _name(job: Job, kind: FileKind) -> str:
    return str(getattr(ResultNames.of(job.input_file_name), kind))
