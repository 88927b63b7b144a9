"""Files of a job, between S3 and the instance's disk."""

import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from runtime.annotator.errors import InputRejected
from runtime.annotator.limits import MIB, Limits
from runtime.common.input_size import GB
from runtime.common.job import Job
from runtime.common.objects import is_missing
from runtime.contract.s3 import SHA256_METADATA

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CHUNK = 4 * MIB
UPLOADS_AT_ONCE = 5

_CONTENT_TYPES = {
    ".gz": "application/gzip",
    ".parquet": "application/vnd.apache.parquet",
    ".json": "application/json",
    ".log": "text/plain; charset=utf-8",
}


@dataclass(frozen=True)
class Transfer:
    """Fetches inputs and stores results.

    Args:
        s3: the client; it may be used by several threads.
        limits: bound of the size of an input.
    """

    s3: "S3Client"
    limits: Limits

    def fetch(self, job: Job, target: Path, check_cancelled: Callable[[], None]) -> None:
        """Download a job's input to `target`; `check_cancelled` is called now and then.

        Raises:
            InputRejected: the file is gone, or too large.
        """
        try:
            answer = self.s3.get_object(Bucket=job.s3_inputs_bucket, Key=job.s3_key_input_file)
        except ClientError as error:
            if not is_missing(error):
                raise
            raise InputRejected("The uploaded file is not there any more.") from error
        if answer["ContentLength"] > self.limits.input_bytes:
            limit = self.limits.input_bytes / GB
            raise InputRejected(f"The file is larger than {limit:g} GB.")
        with target.open("wb") as file:
            # Shorter than ContentLength: botocore raises, and the job is tried again.
            for chunk in answer["Body"].iter_chunks(CHUNK):
                file.write(chunk)
                check_cancelled()

    def store(
        self, files: Mapping[str, Path], bucket: str, check_cancelled: Callable[[], None]
    ) -> None:
        """Upload files, by key; `check_cancelled` is called after each, and may raise."""
        with ThreadPoolExecutor(UPLOADS_AT_ONCE, thread_name_prefix="upload") as pool:
            uploads = [pool.submit(self._upload, path, bucket, key) for key, path in files.items()]
            for upload in uploads:
                upload.result()
                check_cancelled()

    def _upload(self, path: Path, bucket: str, key: str) -> None:
        kind = _CONTENT_TYPES.get(path.suffix, "application/octet-stream")
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        # Not S3's own checksum: of an object that came in parts that is a checksum of checksums.
        extra = {"ContentType": kind, "Metadata": {SHA256_METADATA: digest}}
        self.s3.upload_file(str(path), bucket, key, ExtraArgs=extra)
