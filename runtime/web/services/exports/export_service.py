"""What a request for an export gets: the file's address, or how far it is."""

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from botocore.exceptions import ClientError

from runtime.common import aws
from runtime.common.objects import is_missing
from runtime.contract.processes import WebConfig
from runtime.web.services.attachment import attachment
from runtime.web.services.exports.export_leases import ExportLeases, ExportStatus
from runtime.web.services.exports.export_queue import ExportQueue
from runtime.web.services.exports.export_request import ExportRequest
from runtime.web.services.exports.maker_process import MakerProcess
from runtime.web.services.rate_limit import HOUR, RateLimit, RateLimiter
from runtime.web.services.result_files import DOWNLOAD_SECONDS
from runtime.web.services.results import ResultService

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PER_HOUR = RateLimit("exports", 100, HOUR)
"""Exports made for one user. Each may take minutes of a processor and gigabytes for a day."""

WAIT_SECONDS = 2.0
"""For so long the request that starts an export waits for it: a small one is sent at once."""

WAITERS = 2
"""Requests of a process that wait so at one time, of its 8 threads; others are answered at once."""


@dataclass(frozen=True)
class Ready:
    """The file is there, at a presigned address that is valid for DOWNLOAD_SECONDS."""

    url: str


@dataclass(frozen=True)
class Underway:
    """The file is being made: `percent` is None when that is unknown, or it still waits."""

    making: bool
    percent: int | None


@dataclass(frozen=True)
class Failed:
    """The file couldn't be made; `error` is a sentence."""

    error: str


@dataclass(frozen=True)
class ExportService:
    """Has exports made, and says where they are. Callers have checked whose the job is."""

    s3: "S3Client"
    results: ResultService
    leases: ExportLeases
    queue: ExportQueue
    limiter: RateLimiter
    per_hour: RateLimit = PER_HOUR
    _waiters: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(WAITERS)
    )

    @classmethod
    def connect(cls, config: WebConfig, s3: "S3Client", results: ResultService) -> Self:
        """Make it for a stage."""
        table = aws.table(config.ephemeral_table)
        leases, maker = ExportLeases(table), MakerProcess.of(config)
        queue = ExportQueue(leases, lambda: MakerProcess(maker.environment))
        return cls(s3, results, leases, queue, RateLimiter(table))

    def find(
        self, request: ExportRequest, *, user_id: str | None = None
    ) -> Ready | Underway | Failed:
        """Return where an export is; have it made if nobody does.

        Args:
            request: what is wanted.
            user_id: whose limits count, where that isn't the job's owner.

        Raises:
            NoResult: the job has no result to export now; the text says why.
            TooManyOwnExports, ExportsBusy: it can't be taken on now.
            TooManyAttempts: the user has had `per_hour` made.
        """
        self.results.check_available(request.job)
        if self._is_there(request):
            return Ready(self._url(request))
        status = self.leases.get(request.digest)
        if self.leases.is_held(status):
            return Underway(status.making, status.percent)
        if error := self.leases.failure(status):
            return Failed(error)
        return self._start(request, status, user_id or request.job.user_id)

    def _start(
        self, request: ExportRequest, status: ExportStatus, user_id: str
    ) -> Ready | Underway | Failed:
        self.queue.check_room(user_id)
        if not self.leases.has_died(status):
            self.limiter.hit(self.per_hour, user_id)
        if not self.leases.claim(request.digest):
            return Underway(making=False, percent=None)
        ended = self.queue.add(request, user_id)
        if self._waiters.acquire(blocking=False):
            try:
                ended.wait(WAIT_SECONDS)
            finally:
                self._waiters.release()
        if ended.is_set():
            if self._is_there(request):
                return Ready(self._url(request))
            if error := self.leases.failure(self.leases.get(request.digest)):
                return Failed(error)
        return Underway(making=False, percent=None)

    def _is_there(self, request: ExportRequest) -> bool:
        try:
            self.s3.head_object(Bucket=self.results.bucket, Key=request.key)
        except ClientError as error:
            if is_missing(error):
                return False
            raise
        return True

    def _url(self, request: ExportRequest) -> str:
        return self.s3.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self.results.bucket,
                "Key": request.key,
                # The characters of a file name are checked at upload: none needs escaping here.
                "ResponseContentDisposition": attachment(request.file_name),
                "ResponseContentType": request.media_type,
            },
            ExpiresIn=DOWNLOAD_SECONDS,
        )
