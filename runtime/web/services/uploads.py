"""Uploads: the browser sends the file straight to S3, and a job is made of what arrived there.

Key, bucket and owner are those that the server signed; the browser's word counts for none of them.
"""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from runtime.common import job_metrics
from runtime.common.job import Job
from runtime.common.jobs import JobStore
from runtime.common.keys import check_file_name, input_key
from runtime.common.log import get_logger
from runtime.common.messages import JobRequest
from runtime.common.topics import Topic
from runtime.common.users import User
from runtime.contract.job_status import JobStatus
from runtime.web.services.plans import Plans
from runtime.web.services.s3_errors import is_missing
from runtime.web.services.sizes import human_size
from runtime.web.services.tickets import Ticket, TicketSigner

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

START_WITHIN_SECONDS = 600
"""How long S3 accepts the start of an upload. Not longer than what a role's credentials have left
when boto3 renews them (10 minutes): a signature dies with its credentials."""

_log = get_logger(__name__)


class UploadRefused(Exception):
    """The upload can't be taken; the text is a sentence for the person who uploads."""


class FileTooLarge(UploadRefused):
    """The file is larger than the plan allows."""


class FileMissing(UploadRefused):
    """S3 doesn't hold the file."""


@dataclass(frozen=True)
class OpenUpload:
    """Where the browser sends the file (`url`), with which form `fields`, and the ticket."""

    url: str
    fields: dict[str, str]
    token: str


@dataclass(frozen=True, kw_only=True)
class UploadService:
    """Opens uploads, and turns what was uploaded into jobs."""

    s3: "S3Client"
    bucket: str
    jobs: JobStore
    job_requests: Topic
    signer: TicketSigner
    plans: Plans

    def open(self, user: User, *, file_name: str, size: int) -> OpenUpload:
        """Sign an upload of one file of `size` bytes.

        Raises:
            UploadRefused: the file's name won't do, or the file is empty.
            FileTooLarge: the plan doesn't allow so large a file.
        """
        try:
            check_file_name(file_name)
        except ValueError as error:
            raise UploadRefused(str(error)) from error
        self._check_size(user, size)
        ticket = Ticket(user_id=user.user_id, job_id=str(uuid.uuid4()), file_name=file_name)
        post = self._presign(_key(ticket), self.plans.max_upload_bytes(user.role))
        return OpenUpload(post["url"], post["fields"], self.signer.sign(ticket))

    def submit(self, user: User, token: str, *, note: str = "") -> Job:
        """Make the job of an upload and ask for its annotation. Safe to repeat.

        When the request can't be published the job stays PENDING, and the janitor publishes it.

        Args:
            note: what the owner wants to remember of the job.

        Raises:
            BadTicket: the token isn't one that we signed for this user, or is too old.
            FileMissing: the file hasn't arrived in S3.
            FileTooLarge: what arrived is larger than the plan allows.
        """
        ticket = self.signer.check(token, user_id=user.user_id)
        size = self._size_in_s3(_key(ticket))
        if size is None:
            raise FileMissing("The file hasn't arrived. Upload it again.")
        self._check_size(user, size)
        job = self.jobs.create(
            job_id=ticket.job_id,
            user_id=ticket.user_id,
            input_file_name=ticket.file_name,
            s3_inputs_bucket=self.bucket,
            s3_key_input_file=_key(ticket),
            input_size=size,
            note=note.strip(),
        )
        if job.job_status is JobStatus.PENDING:
            self._request(job)
        return job

    def submit_again(self, user: User, job: Job) -> Job:
        """Make another job of the same input; the file isn't copied.

        Raises:
            FileMissing: the input isn't kept any more.
            FileTooLarge: it is larger than the plan allows now.
        """
        size = self._size_in_s3(job.s3_key_input_file)
        if size is None:
            raise FileMissing(
                "The uploaded file isn't kept any more, so the job can't run again. Upload the "
                "file once more."
            )
        self._check_size(user, size)
        again = self.jobs.create(
            job_id=str(uuid.uuid4()),
            user_id=user.user_id,
            input_file_name=job.input_file_name,
            s3_inputs_bucket=job.s3_inputs_bucket,
            s3_key_input_file=job.s3_key_input_file,
            input_size=size,
            note=job.note,
        )
        self._request(again)
        return again

    def post_url(self) -> str:
        """Return the address that uploads are posted to: the same for every upload."""
        return str(self._presign("users/", 1)["url"])

    def _presign(self, key: str, max_bytes: int) -> dict[str, Any]:
        return self.s3.generate_presigned_post(
            self.bucket,
            key,
            Conditions=[["content-length-range", 1, max_bytes]],
            ExpiresIn=START_WITHIN_SECONDS,
        )

    def _check_size(self, user: User, size: int) -> None:
        limit = self.plans.max_upload_bytes(user.role)
        if size > limit:
            allows = "a job takes at most" if limit == self.plans.most else "your plan allows"
            raise FileTooLarge(
                f"The file has {size:,} bytes; {allows} {limit:,} ({human_size(limit)})."
            )
        if size < 1:
            raise UploadRefused("The file is empty.")

    def _size_in_s3(self, key: str) -> int | None:
        """Bytes of an input; None when it isn't there."""
        try:
            return self.s3.head_object(Bucket=self.bucket, Key=key)["ContentLength"]
        except ClientError as error:
            if not is_missing(error):
                raise
            return None

    def _request(self, job: Job) -> None:
        # A ticket that is handed in twice counts twice: seldom, and not worth another read.
        job_metrics.job_changed(JobStatus.PENDING)
        try:
            self.job_requests.publish(JobRequest(job_id=job.job_id))
        except (BotoCoreError, ClientError):
            _log.exception("job request not published, left to the janitor", job_id=job.job_id)


def _key(ticket: Ticket) -> str:
    return input_key(ticket.user_id, ticket.job_id, ticket.file_name)
