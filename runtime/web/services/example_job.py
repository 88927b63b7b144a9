"""The example result, which anybody may read: a reference's sample, annotated by this platform.

It is a job like any other, but of no user. Its id follows from the reference, so every instance
knows it without asking, and another version of the reference has another example.
"""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.common.job import Job
from runtime.common.jobs import OwnerActions
from runtime.common.keys import input_key
from runtime.common.messages import JobRequest
from runtime.common.reference import Reference
from runtime.common.references import References
from runtime.common.topics import Topic

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

EXAMPLE_OWNER = "example"
"""In the place of a user's id, which is a UUID. Nobody can sign in as it, and without a user the
result is never archived and no email is sent."""

FILE_NAME = "example.vcf"

_IDS = uuid.UUID("6d0c9f4e-5d0f-4f0e-9d43-2b9f3a5d8f11")

_EDITION = 1
"""Raise it when a release annotates so differently that the example is to be made again."""


@dataclass(frozen=True)
class ExampleJob:
    """Decides which job anybody may read, and has it made.

    Args:
        references: the first of them that has a sample gives the example.
    """

    s3: "S3Client"
    bucket: str
    jobs: OwnerActions
    job_requests: Topic
    references: References

    @property
    def reference(self) -> Reference | None:
        """The reference of the example."""
        return next((each for each in self.references if each.manifest.sample), None)

    @property
    def job_id(self) -> str | None:
        """The example's id; None where no reference has a sample."""
        if self.reference is None:
            return None
        return str(uuid.uuid5(_IDS, f"{_EDITION} {self.reference.name} {self.reference.version}"))

    def find(self, job_id: str) -> Job | None:
        """Return the job if it is the example: the one place that opens a job to everybody."""
        if job_id != self.job_id:
            return None
        job = self.jobs.get(job_id)
        return job if job is not None and job.user_id == EXAMPLE_OWNER else None

    def reads(self, reference_name: str) -> bool:
        """Whether the example's pages read the files of this reference."""
        return self.reference is not None and self.reference.name == reference_name

    def ensure(self) -> None:
        """Have the example annotated unless it has been, or is being. Safe to repeat.

        Raises:
            botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError: AWS refused; it may
                be tried again.
        """
        reference, job_id = self.reference, self.job_id
        if reference is None or job_id is None or self.jobs.get(job_id) is not None:
            return
        sample = (reference.folder / str(reference.manifest.sample)).read_bytes()
        key = input_key(EXAMPLE_OWNER, job_id, FILE_NAME)
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=sample)
        job = self.jobs.create(
            job_id=job_id,
            user_id=EXAMPLE_OWNER,
            input_file_name=FILE_NAME,
            s3_inputs_bucket=self.bucket,
            s3_key_input_file=key,
            reference=reference.name,
            input_size=len(sample),
            note=f"The sample file of {reference.manifest.assembly}",
        )
        # A request that gets lost is published again by the janitor.
        self.job_requests.publish(JobRequest(job_id=job.job_id), of_user=EXAMPLE_OWNER)
