"""The handler of removals, and what it deletes from: real tables and buckets."""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from runtime.common.job import Job
from runtime.common.keys import input_key, result_keys
from runtime.common.mail import Email
from runtime.common.messages import Removal
from runtime.common.users import UserStore
from runtime.contract.s3 import (
    UPLOAD_SECONDS,
    job_exports_prefix,
    user_exports_prefix,
    user_prefix,
)
from runtime.removal.handler import RemovalHandler
from runtime.removal.user_files import UserFiles
from tests.jobs import JobStore
from tests.unit.clock import Clock
from tests.unit.delivery import delivery
from tests.unit.removal.again import Again

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

LEASE = 60
SITE = "https://gas.example.org"


@dataclass(frozen=True)
class World:
    """The handler, and what it deletes from."""

    handler: RemovalHandler
    jobs: JobStore
    files: UserFiles
    users: UserStore
    post: "Post"
    clock: Clock
    again: Again

    def submit(self, job_id: str, user_id: str = "ada", *, key: str = "") -> Job:
        """A job with its input; `key` is that of an input that is there already."""
        own = key or input_key(user_id, job_id, "x.vcf")
        self.files.s3.put_object(Bucket=self.files.inputs, Key=own, Body=b"input")
        return self.jobs.submit(job_id, user_id, bucket=self.files.inputs, key=own)

    def complete(self, job: Job) -> Job:
        """Give the job all files that a result has, one of them in the archive."""
        keys = result_keys(job.user_id, job.job_id, job.input_file_name)
        for key in vars(keys).values():
            for body in (b"before", b"now"):
                self.files.s3.put_object(Bucket=self.files.results, Key=key, Body=body)
        self.export(job)
        self.files.s3.put_object(Bucket=self.files.archive, Key=keys.vcf, Body=b"archived")
        claim = self.jobs.claim(job.job_id, lease_seconds=LEASE)
        return self.jobs.complete(claim, reference_version="1.0.0")

    def export(self, job: Job) -> None:
        """Put a file there that was made of the job's result for a download."""
        key = f"{job_exports_prefix(job.user_id, job.job_id)}digest/x.variants.tsv"
        self.files.s3.put_object(Bucket=self.files.results, Key=key, Body=b"export")

    def left(self, owner: str) -> set[str]:
        """Keys of all versions and markers of a user, in all buckets."""
        found = set()
        for bucket in (self.files.inputs, self.files.results, self.files.archive):
            for folder in (user_prefix(owner), user_exports_prefix(owner)):
                answer = self.files.s3.list_object_versions(Bucket=bucket, Prefix=folder)
                found |= {each["Key"] for each in answer.get("Versions", [])}
                found |= {each["Key"] for each in answer.get("DeleteMarkers", [])}
        return found

    def remove(self, job_id: str | None, user_id: str = "ada") -> None:
        """Handle a removal."""
        self.handler(Removal(user_id=user_id, job_id=job_id), delivery())

    def follow_up(self) -> list[Removal]:
        """Handle what the handler sent itself, all of it due; return what it was."""
        due, self.again.sent[:] = list(self.again.sent), []
        for message, delay in due:
            self.clock.advance(delay)
            self.handler(message, delivery())
        return [message for message, _ in due]


class Post:
    """Stands in for the mailer, so that a test can have SES refuse an email."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Email]] = []
        self.refusal = ""

    def send(self, *, to: str, email: Email) -> None:
        if self.refusal:
            raise ClientError({"Error": {"Code": self.refusal, "Message": "no"}}, "SendEmail")
        self.sent.append((to, email))


def buckets(s3: "S3Client") -> UserFiles:
    names = {kind: f"{kind}-{uuid.uuid4().hex}" for kind in ("inputs", "results", "archive")}
    for kind, name in names.items():
        s3.create_bucket(Bucket=name)
        if kind != "inputs":
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return UserFiles(s3=s3, **names)


def old(world: World) -> None:
    """Let every upload be over that was opened up to now."""
    world.clock.advance(UPLOAD_SECONDS)
