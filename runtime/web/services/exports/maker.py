"""The process that makes exports, one after the other.

`python -m runtime.web.services.exports.maker DESCRIPTOR` is how its parent starts it. The parent, a
worker of the web server, sends requests through the connection and gets events back. The maker has
a lower priority than the pages, and ends with its parent.
"""

import io
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Self

from boto3.s3.transfer import TransferConfig
from pydantic import BaseModel

from runtime.common import aws
from runtime.common.jobs import JobLists
from runtime.common.log import get_logger
from runtime.common.process import start
from runtime.common.references import References
from runtime.contract.processes import WebConfig
from runtime.web.services.exports.export_request import ExportRequest
from runtime.web.services.result_retention import why_not_downloadable
from runtime.web.services.results import NoResult, ResultService
from runtime.web.services.variants.explorer import VariantService
from runtime.web.services.variants.exporter import Progress, VariantExporter
from runtime.web.services.variants.file_cache import CacheFull
from runtime.web.services.variants.query_engine import QueryTimeout, QueryTooLarge

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

NICENESS = 10
EVENT_SECONDS = 1.0
CHECK_SECONDS = 5.0
"""Between two looks whether the result is still there."""

PART_BYTES = 16 * 1024 * 1024
"""Held in memory until S3 has it. S3 allows 10,000 parts: the largest export is 160 GB.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html"""

TRANSFER = TransferConfig(
    multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, use_threads=False
)

GONE = "The result of this job was deleted or archived meanwhile."
SENTENCES: dict[type[Exception], str] = {
    QueryTimeout: "The query took longer than it may. Narrow the filter, or download the whole "
    "result from the job's page.",
    QueryTooLarge: "The query needs more memory than it may have. Narrow the filter, or download "
    "the whole result from the job's page.",
    CacheFull: "Many people are working with large results at the moment. Try again in a minute.",
}
OURS = "The service met an error, which has been logged. Try again in a minute."

log = get_logger(__name__)


class ResultGone(Exception):
    """The job was deleted, or its result isn't the one that was asked for any more."""


class Event(BaseModel):
    """What the parent gets to know: how far an export is, and at last how it ended."""

    percent: int | None = None
    ended: bool = False
    error: str | None = None


@dataclass(frozen=True)
class ExportMaker:
    """Makes exports and puts them into the results bucket."""

    s3: "S3Client"
    bucket: str
    jobs: JobLists
    exporter: VariantExporter

    @classmethod
    def connect(cls, config: WebConfig) -> Self:
        """Make one for the results of a stage."""
        s3, bucket = aws.client("s3"), config.results_bucket
        references = References.load(config.references_dir)
        variants = VariantService.connect(s3, bucket, references)
        exporter = VariantExporter(variants, ResultService(s3, bucket))
        return cls(s3, bucket, JobLists(aws.table(config.annotations_table)), exporter)

    def make(self, request: ExportRequest, progress: Progress) -> None:
        """Make the file of a request. It appears in S3 when it is whole, or not at all.

        The job is looked at before the last bytes are sent: who deletes a job also deletes what was
        finished before, and looks once more some time later.

        Raises:
            NoResult, QueryTimeout, QueryTooLarge, CacheFull, ResultGone: see there.
        """
        chunks = self.exporter.chunks(request, progress)
        body = io.BufferedReader(_Body(chunks, lambda: self._check(request)), PART_BYTES)
        self.s3.upload_fileobj(
            body,
            self.bucket,
            request.key,
            ExtraArgs={"ContentType": request.media_type},
            Config=TRANSFER,
        )

    def _check(self, request: ExportRequest) -> None:
        job = self.jobs.get(request.job.job_id)
        if job is None or job.result_epoch != request.job.result_epoch or why_not_downloadable(job):
            raise ResultGone


class _Body(io.RawIOBase):
    """Chunks as a file, which calls `check` now and then, and before it ends."""

    def __init__(self, chunks: Iterator[bytes], check: Callable[[], None]) -> None:
        self._chunks, self._check = chunks, check
        self._left = memoryview(b"")
        self._checked = time.monotonic()

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    # io gives a memoryview always; its type names every buffer.
    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        """Fill the buffer with what comes next; 0 at the end."""
        while not self._left:
            chunk = next(self._chunks, None)
            if chunk is None:
                self._check()
                return 0
            self._left = memoryview(chunk)
        if time.monotonic() > self._checked + CHECK_SECONDS:
            self._check()
            self._checked = time.monotonic()
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size


def serve(maker: ExportMaker, parent: Connection) -> None:
    """Make what the parent asks for until it closes the connection."""
    while True:
        try:
            request = ExportRequest.model_validate_json(parent.recv_bytes())
        except EOFError:
            return
        progress = Progress()
        with _reported(progress, parent):
            error = _attempt(maker, request, progress)
        parent.send_bytes(Event(ended=True, error=error).model_dump_json().encode())


def _attempt(maker: ExportMaker, request: ExportRequest, progress: Progress) -> str | None:
    """Make an export; return the sentence of its failure, None when it is there."""
    try:
        maker.make(request, progress)
    except NoResult as error:
        return str(error)
    except ResultGone:
        return GONE
    except Exception as error:  # one export's failure must not end the others
        log.exception("an export failed", job_id=request.job.job_id, form=request.form)
        return SENTENCES.get(type(error), OURS)
    return None


@contextmanager
def _reported(progress: Progress, parent: Connection) -> Iterator[None]:
    """Tell the parent every second how far it is; without a parent the process ends."""
    done = threading.Event()

    def report() -> None:
        while not done.wait(EVENT_SECONDS):
            try:
                parent.send_bytes(Event(percent=progress.percent).model_dump_json().encode())
            except OSError:
                os._exit(1)

    thread = threading.Thread(target=report, name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def main() -> None:
    """Serve the parent whose end of the connection is the file descriptor that is named."""
    parent = Connection(int(sys.argv[1]))
    os.nice(NICENESS)
    serve(ExportMaker.connect(start(WebConfig, traced=False)), parent)


if __name__ == "__main__":
    main()
