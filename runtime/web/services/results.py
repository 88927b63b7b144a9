"""A job's results: its summary, its log, and downloads of its files."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import ClientError

from runtime.common.job import Job
from runtime.common.log import get_logger
from runtime.common.objects import is_missing
from runtime.contract.job_status import JobStatus
from runtime.web.services.file_parts import FilePart, NoSuchFile, read_part
from runtime.web.services.result_files import (
    MEDIA_TYPES,
    FileKind,
    ResultFiles,
)
from runtime.web.services.result_retention import why_not_downloadable
from runtime.web.services.summary import Summary, parse_summary

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ResultFile = Literal["vcf", "index", "parquet", "genotypes"]

MAX_LOG_BYTES = 1_000_000
MAX_SUMMARY_BYTES = 4_000_000

_log = get_logger(__name__)


class NoResult(Exception):
    """The job has no result to download now; the text says why."""


@dataclass(frozen=True)
class LogText:
    """A job's log, or the first megabyte of a longer one."""

    text: str
    truncated: bool


@dataclass(frozen=True)
class ResultService:
    """Reads results out of the results bucket."""

    s3: "S3Client"
    bucket: str

    @cached_property
    def files(self) -> ResultFiles:
        """The files one by one."""
        return ResultFiles(self.s3, self.bucket)

    def log(self, job: Job) -> LogText | None:
        """Return the job's log, or None when there is none yet."""
        if not job.has_log:
            return None
        body = self._read(job.result_keys.log, MAX_LOG_BYTES + 1)
        if body is None:
            return None
        text = body[:MAX_LOG_BYTES].decode("utf-8", errors="replace")
        return LogText(text, truncated=len(body) > MAX_LOG_BYTES)

    def summary(self, job: Job) -> Summary | None:
        """Return the parsed summary, or None when there is none yet, or it can't be parsed."""
        body = self.summary_json(job)
        return None if body is None else parse_summary(body)

    def summary_json(self, job: Job) -> bytes | None:
        """Return summary.json as it is, or None when there is none yet, or it is far too large."""
        if job.job_status is not JobStatus.COMPLETED:
            return None
        body = self._read(job.result_keys.summary, MAX_SUMMARY_BYTES + 1)
        if body is not None and len(body) > MAX_SUMMARY_BYTES:
            _log.warning("summary is too large to show", job_id=job.job_id)
            return None
        return body

    def download_url(self, job: Job, what: ResultFile = "vcf") -> str:
        """Return a presigned URL of a file of the result, valid for DOWNLOAD_SECONDS.

        Raises:
            NoResult: the job hasn't completed, or its result isn't in the results bucket.
        """
        self.check_available(job)
        return self.files.download_url(job, FileKind(what))

    def check_available(self, job: Job) -> None:
        """Raise NoResult, with a sentence, unless the result can be read from the bucket now."""
        if job.job_status is not JobStatus.COMPLETED:
            raise NoResult("This job has no result to download.")
        if reason := why_not_downloadable(job):
            raise NoResult(reason)

    def read_part(self, job: Job, what: ResultFile, byte_range: str | None) -> FilePart:
        """Return a file of the result, or the bytes of it that an HTTP Range header names.

        Raises:
            NoResult: see `download_url`, or the file isn't there.
            BadRange: the file has no such bytes.
        """
        self.check_available(job)
        key = getattr(job.result_keys, what)
        try:
            return read_part(self.s3, self.bucket, key, byte_range, MEDIA_TYPES[FileKind(what)])
        except NoSuchFile as error:
            raise NoResult("This result has no such file.") from error

    def _read(self, key: str, max_bytes: int) -> bytes | None:
        try:
            body = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"]
        except ClientError as error:
            if not is_missing(error):
                raise
            _log.warning("object of a job is missing", key=key)
            return None
        try:
            return body.read(max_bytes)
        finally:
            body.close()
