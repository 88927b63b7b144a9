"""Uploads: the browser sends the file directly to S3, and a job is created for what arrived there.

Key, bucket and owner are those that the server signed, whatever the browser says.
"""

import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from runtime.common import job_metrics, tracing
from runtime.common.input_size import MAX_INPUT_BYTES
from runtime.common.job import Job
from runtime.common.jobs import JobMissing, OwnerActions
from runtime.common.keys import check_file_name, input_key
from runtime.common.log import get_logger
from runtime.common.messages import JobRequest
from runtime.common.objects import is_missing
from runtime.common.references import References, not_offered
from runtime.common.topics import Topic
from runtime.common.users import Role, User
from runtime.contract.job_status import JobStatus
from runtime.web.services.formatting import human_size
from runtime.web.services.operator_service import OperatorService
from runtime.web.services.tickets import InvalidTicket, Ticket, TicketSigner
from runtime.web.services.work_limits import WorkLimits

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

START_WITHIN_SECONDS = 600
"""How long S3 accepts the start of an upload. A signature is valid no longer than the
credentials that made it, which boto3 renews 10 minutes before they expire."""

_log = get_logger(__name__)


class UploadRefused(Exception):
    """The upload isn't accepted; the text is a sentence for the user."""


class FileTooLarge(UploadRefused):
    """The file is larger than the plan allows."""


class ReferenceNotOffered(UploadRefused):
    """The service has no reference of that name, or no longer."""


class FileMissing(UploadRefused):
    """S3 doesn't hold the file."""


@dataclass(frozen=True)
class UploadLimits:
    """The largest files that may be uploaded, in bytes."""

    free_max_bytes: int
    max_bytes: int = MAX_INPUT_BYTES

    def for_role(self, role: Role) -> int:
        """Return the size of the largest file that a user of this role may upload."""
        return (
            min(self.free_max_bytes, self.max_bytes) if role is Role.FREE_USER else self.max_bytes
        )


@dataclass(frozen=True)
class PresignedUpload:
    """Where the browser sends the file (`url`), with which form `fields`, and the ticket.

    Attributes:
        start_before: the epoch second until which S3 accepts the start.
    """

    job_id: str
    url: str
    fields: dict[str, str]
    token: str
    start_before: int


@dataclass(frozen=True, kw_only=True)
class UploadService:
    """Signs uploads, and creates the jobs of files that were uploaded."""

    s3: "S3Client"
    bucket: str
    jobs: OwnerActions
    job_requests: Topic
    signer: TicketSigner
    limits: UploadLimits
    work: WorkLimits
    references: References
    operator: OperatorService

    def open(
        self, user: User, *, file_name: str, size: int, reference: str | None = None
    ) -> PresignedUpload:
        """Sign an upload of one file of `size` bytes.

        Args:
            reference: the name of the reference to annotate it with; the default one if None.

        Raises:
            UploadRefused, ReferenceNotOffered, FileTooLarge, TooMuchWork: as of `admit`.
        """
        ticket = self.admit(user, file_name=file_name, size=size, reference=reference)
        post = self._presign(key_of(ticket), self.limits.for_role(user.role))
        return PresignedUpload(
            job_id=ticket.job_id,
            url=post["url"],
            fields=post["fields"],
            token=self.signer.sign(ticket),
            start_before=int(time.time()) + START_WITHIN_SECONDS,
        )

    def admit(self, user: User, *, file_name: str, size: int, reference: str | None) -> Ticket:
        """Return the ticket of an upload that is allowed, with the id of a new job.

        Raises:
            UploadRefused: the file's name isn't allowed, or the file is empty.
            ReferenceNotOffered: there is no such reference.
            FileTooLarge: the plan doesn't allow so large a file.
            TooMuchWork: the user has to wait.
        """
        try:
            file_name = check_file_name(file_name)
        except ValueError as error:
            raise UploadRefused(str(error)) from error
        self._check_size(user, size)
        reference = reference or self.references.default.name
        self._check_offered(reference)
        self.work.admit(user)
        return Ticket(
            user_id=user.user_id,
            job_id=str(uuid.uuid4()),
            file_name=file_name,
            reference=reference,
        )

    def submit(self, user: User, token: str, *, note: str = "", job_id: str | None = None) -> Job:
        """Create the job of an upload and request its annotation. Safe to repeat.

        When the request can't be published the job stays PENDING, and the janitor publishes it.

        Args:
            note: the owner's note on the job.
            job_id: which job the caller means, where it says so.

        Raises:
            InvalidTicket: we didn't sign the token for this user, it is too old, it is another
                job's, or the job that it made has been deleted.
            FileMissing: the file isn't in S3.
            FileTooLarge: what arrived is larger than the plan allows.
        """
        ticket = self.signer.check(token, user_id=user.user_id)
        if job_id not in (None, ticket.job_id):
            raise InvalidTicket("This ticket is of another job. Send the one of this job.")
        size = self.size_in_s3(key_of(ticket))
        if size is None:
            raise FileMissing("The file hasn't arrived. Upload it again.")
        self._check_size(user, size)
        try:
            job = self.jobs.create(
                job_id=ticket.job_id,
                user_id=ticket.user_id,
                input_file_name=ticket.file_name,
                s3_inputs_bucket=self.bucket,
                s3_key_input_file=key_of(ticket),
                reference=ticket.reference,
                input_size=size,
                note=note.strip(),
            )
        except JobMissing as error:
            raise InvalidTicket(
                "The job of this upload has been deleted. Upload the file again."
            ) from error
        if job.job_status is JobStatus.PENDING:
            self._request(job)
        return job

    def submit_content(
        self, user: User, file_name: str, content: bytes, *, reference: str | None, note: str = ""
    ) -> Job:
        """Store a small file that came with a request, and create its job.

        Raises as `open` and `submit` do.
        """
        opened = self.open(user, file_name=file_name, size=len(content), reference=reference)
        self.s3.put_object(Bucket=self.bucket, Key=opened.fields["key"], Body=content)
        return self.submit(user, opened.token, note=note)

    def submit_again(self, user: User, job: Job, *, reference: str | None = None) -> Job:
        """Create another job with the same input; the file isn't copied.

        Args:
            reference: the name of the reference to annotate it with; the job's own if None. Either
                is used in the version that is offered now.

        Raises:
            ReferenceNotOffered: the reference isn't offered, or isn't any more.
            FileMissing: the input has expired.
            FileTooLarge: it is larger than the plan allows now.
            TooMuchWork: the user has to wait.
        """
        reference = reference or job.reference
        self._check_offered(reference)
        size = self.size_in_s3(job.s3_key_input_file)
        if size is None:
            raise FileMissing(
                "The uploaded file has expired, so the job can't run again. Upload the file again."
            )
        self._check_size(user, size)
        self.work.admit(user)
        again = self.jobs.create(
            job_id=str(uuid.uuid4()),
            user_id=user.user_id,
            input_file_name=job.input_file_name,
            s3_inputs_bucket=job.s3_inputs_bucket,
            s3_key_input_file=job.s3_key_input_file,
            reference=reference,
            input_size=size,
            note=job.note,
        )
        self._request(again)
        return again

    def can_submit_again(self, user: User, job: Job) -> bool:
        """Whether a job's input is still there, and the user's plan takes it."""
        size = self.size_in_s3(job.s3_key_input_file)
        return size is not None and size <= self.limits.for_role(user.role)

    def post_url(self) -> str:
        """Return the URL that uploads are posted to: the same for every upload."""
        return str(self._presign("users/", 1)["url"])

    def _presign(self, key: str, max_bytes: int) -> dict[str, Any]:
        return self.s3.generate_presigned_post(
            self.bucket,
            key,
            Conditions=[["content-length-range", 1, max_bytes]],
            ExpiresIn=START_WITHIN_SECONDS,
        )

    def _check_offered(self, reference: str) -> None:
        if self.references.get(reference) is None:
            raise ReferenceNotOffered(not_offered(reference, self.references.names))

    def _check_size(self, user: User, size: int) -> None:
        limit = self.limits.for_role(user.role)
        if size > limit:
            if size > self.limits.max_bytes:
                limit = self.limits.max_bytes
            allows = "a job takes at most" if limit == self.limits.max_bytes else "your plan allows"
            raise FileTooLarge(
                f"The file has {size:,} bytes; {allows} {limit:,} ({human_size(limit)})."
            )
        if size < 1:
            raise UploadRefused("The file is empty.")

    def size_in_s3(self, key: str) -> int | None:
        """Return the bytes of an input; None when it isn't there."""
        try:
            return self.s3.head_object(Bucket=self.bucket, Key=key)["ContentLength"]
        except ClientError as error:
            if not is_missing(error):
                raise
            return None

    def _request(self, job: Job) -> None:
        if self.operator.end_if_suspended(job):
            return
        # A ticket that is sent twice counts twice: that is rare, and not worth another read.
        job_metrics.job_changed(JobStatus.PENDING)
        tracing.about_job(job.job_id)
        try:
            self.job_requests.publish(JobRequest(job_id=job.job_id), of_user=job.user_id)
        except (BotoCoreError, ClientError):
            _log.exception(
                "job request not published; the janitor will publish it", job_id=job.job_id
            )


def key_of(ticket: Ticket) -> str:
    """Return the key of the file that a ticket is for."""
    return input_key(ticket.user_id, ticket.job_id, ticket.file_name)
