"""Uploads in parts, which a client goes on with after they were cut off: S3's multipart upload.

The ticket holds the file's size and the id of the upload, so nothing is stored here. S3 deletes the
parts of an upload that isn't completed within a day, by a rule of the bucket.
"""

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from runtime.common.users import User
from runtime.contract.s3 import UPLOAD_SECONDS
from runtime.web.services.tickets import InvalidTicket, Ticket
from runtime.web.services.upload_service import (
    START_WITHIN_SECONDS,
    FileMissing,
    UploadService,
    key_of,
)

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import PartTypeDef

PART_BYTES = 16 << 20
"""Of each part but the last. S3 takes 5 MiB to 5 GiB, and 10,000 parts of a file:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html"""

MOST_NUMBERS = 100
"""Parts that are signed at once."""


@dataclass(frozen=True)
class OpenedUpload:
    """An upload in parts: its job, the ticket, and how many parts of PART_BYTES there are.

    Attributes:
        start_before: the epoch second until which the parts may arrive.
    """

    job_id: str
    token: str
    parts: int
    start_before: int


@dataclass(frozen=True)
class Part:
    """A part, from 1, and its bytes."""

    number: int
    size: int


@dataclass(frozen=True)
class SignedPart(Part):
    """A part, and where it is sent to by PUT; the signature holds its size."""

    url: str


class PartUnknown(Exception):
    """The upload has no part of that number; the text says which it has."""


@dataclass(frozen=True)
class ResumableUploads:
    """Opens uploads in parts, signs their parts, and completes them."""

    uploads: UploadService

    def open(
        self, user: User, *, file_name: str, size: int, reference: str | None = None
    ) -> OpenedUpload:
        """Begin an upload of one file of `size` bytes.

        Raises:
            UploadRefused, ReferenceNotOffered, FileTooLarge, TooMuchWork: as of UploadService.open.
        """
        ticket = self.uploads.admit(user, file_name=file_name, size=size, reference=reference)
        begun = self.uploads.s3.create_multipart_upload(
            Bucket=self.uploads.bucket, Key=key_of(ticket)
        )
        in_parts = ticket.model_copy(update={"upload_id": begun["UploadId"], "size": size})
        return OpenedUpload(
            job_id=ticket.job_id,
            token=self.uploads.signer.sign(in_parts),
            parts=len(_sizes(size)),
            start_before=int(time.time()) + UPLOAD_SECONDS,
        )

    def sign(
        self, user: User, token: str, *, job_id: str, numbers: Collection[int]
    ) -> list[SignedPart]:
        """Sign parts, each for exactly its bytes.

        Raises:
            InvalidTicket: the ticket isn't of this user's upload in parts, or is too old.
            PartUnknown: the upload has no part of such a number.
        """
        ticket, upload_id = self._check(user, token, job_id)
        sizes = _sizes(ticket.size or 0)
        if not set(numbers) <= sizes.keys():
            raise PartUnknown(f"This upload has the parts 1 to {len(sizes)}.")
        return [
            SignedPart(number, sizes[number], self._url(ticket, upload_id, number, sizes[number]))
            for number in sorted(set(numbers))
        ]

    def arrived(self, user: User, token: str, *, job_id: str) -> list[Part]:
        """Return the parts that S3 has; all of them once the upload is completed.

        Raises:
            InvalidTicket: as of `sign`; or the parts have been deleted.
        """
        ticket, upload_id = self._check(user, token, job_id)
        try:
            return [
                Part(part["PartNumber"], part["Size"]) for part in self._list(ticket, upload_id)
            ]
        except ClientError as error:
            self._require_completed(ticket, error)
        return [Part(number, size) for number, size in _sizes(ticket.size or 0).items()]

    def complete(self, user: User, token: str, *, job_id: str) -> None:
        """Make one file of the parts. Safe to repeat; does nothing for an upload without parts.

        Raises:
            InvalidTicket: as of `arrived`.
            FileMissing: parts are missing; the text says how many.
        """
        ticket = self.uploads.signer.check(token, user_id=user.user_id)
        if ticket.upload_id is None:
            return
        ticket, upload_id = self._check(user, token, job_id)
        try:
            found = list(self._list(ticket, upload_id))
            wanted = _sizes(ticket.size or 0)
            missing = wanted.items() - {(each["PartNumber"], each["Size"]) for each in found}
            if missing or len(found) != len(wanted):
                raise FileMissing(
                    f"{len(missing)} of {len(wanted)} parts haven't arrived. Send them, then start "
                    "the job."
                )
            self.uploads.s3.complete_multipart_upload(
                Bucket=self.uploads.bucket,
                Key=key_of(ticket),
                UploadId=upload_id,
                MultipartUpload={
                    "Parts": [
                        {"PartNumber": each["PartNumber"], "ETag": each["ETag"]} for each in found
                    ]
                },
            )
        except ClientError as error:
            self._require_completed(ticket, error)

    def _check(self, user: User, token: str, job_id: str) -> tuple[Ticket, str]:
        """The ticket of an upload in parts, and the id that S3 gave the upload."""
        ticket = self.uploads.signer.check(token, user_id=user.user_id)
        if ticket.job_id != job_id:
            raise InvalidTicket("This ticket is of another job. Send the one of this job.")
        if ticket.upload_id is None:
            raise InvalidTicket("This upload has no parts. Create a job with multipart: true.")
        return ticket, ticket.upload_id

    def _require_completed(self, ticket: Ticket, error: ClientError) -> None:
        """Accept that S3 has no such upload, if that is because it was completed.

        Raises:
            ClientError: it is another error.
            InvalidTicket: the parts were deleted.
        """
        if error.response["Error"]["Code"] != "NoSuchUpload":
            raise error
        if self.uploads.size_in_s3(key_of(ticket)) is None:
            raise InvalidTicket("The parts have expired. Upload the file again.") from error

    def _url(self, ticket: Ticket, upload_id: str, number: int, size: int) -> str:
        return self.uploads.s3.generate_presigned_url(
            "upload_part",
            Params={
                "Bucket": self.uploads.bucket,
                "Key": key_of(ticket),
                "UploadId": upload_id,
                "PartNumber": number,
                "ContentLength": size,
            },
            ExpiresIn=START_WITHIN_SECONDS,
        )

    def _list(self, ticket: Ticket, upload_id: str) -> Iterator["PartTypeDef"]:
        pages = self.uploads.s3.get_paginator("list_parts").paginate(
            Bucket=self.uploads.bucket, Key=key_of(ticket), UploadId=upload_id
        )
        for page in pages:
            yield from page.get("Parts", [])


def _sizes(size: int) -> dict[int, int]:
    """The bytes of each part of a file, by the part's number."""
    starts = range(0, size, PART_BYTES)
    return {number: min(PART_BYTES, size - start) for number, start in enumerate(starts, start=1)}
