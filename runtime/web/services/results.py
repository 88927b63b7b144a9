"""What a job yielded: its summary, its log, and the way to its annotated VCF."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from runtime.common.job import Job, JobStatus
from runtime.common.keys import ResultNames, result_keys
from runtime.common.log import get_logger
from runtime.web.services.keeping import why_not_downloadable
from runtime.web.services.s3_errors import is_missing

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DOWNLOAD_SECONDS = 300
"""How long a download may be started; one that has started may go on."""

MAX_LOG_BYTES = 1_000_000
MAX_SUMMARY_BYTES = 4_000_000

_log = get_logger(__name__)


class NoResult(Exception):
    """The job has no result that could be downloaded now; the text says why."""


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

    def log(self, job: Job) -> LogText | None:
        """Return the job's log, or None when there is none (yet)."""
        if job.s3_key_log_file is None:
            return None
        body = self._read(job.s3_key_log_file, MAX_LOG_BYTES + 1)
        if body is None:
            return None
        text = body[:MAX_LOG_BYTES].decode("utf-8", errors="replace")
        return LogText(text, truncated=len(body) > MAX_LOG_BYTES)

    def summary(self, job: Job) -> bytes | None:
        """Return summary.json as it is, or None when there is none (yet), or one far too large."""
        if job.job_status is not JobStatus.COMPLETED:
            return None
        key = result_keys(job.user_id, job.job_id, job.input_file_name).summary
        body = self._read(key, MAX_SUMMARY_BYTES + 1)
        if body is not None and len(body) > MAX_SUMMARY_BYTES:
            _log.warning("summary too large to show", job_id=job.job_id)
            return None
        return body

    def download_url(self, job: Job) -> str:
        """Return a signed address that gives the annotated VCF for some minutes.

        Raises:
            NoResult: the job hasn't completed, or its result isn't in the results bucket.
        """
        if job.job_status is not JobStatus.COMPLETED or job.s3_key_result_file is None:
            raise NoResult("This job has no result to download.")
        if reason := why_not_downloadable(job):
            raise NoResult(reason)
        name = ResultNames.of(job.input_file_name).vcf
        return self.s3.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self.bucket,
                "Key": job.s3_key_result_file,
                # The characters of a file name are checked at upload: none needs quoting here.
                "ResponseContentDisposition": f'attachment; filename="{name}"',
                "ResponseContentType": "application/gzip",
            },
            ExpiresIn=DOWNLOAD_SECONDS,
        )

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
