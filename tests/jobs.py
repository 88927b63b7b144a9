"""The jobs of a table, for tests."""

from runtime.common.job import Job
from runtime.common.jobs import (
    Attempts,
    EndedJobs,
    JobLists,
    OpenJobs,
    OwnerActions,
    OwnerMails,
    Removals,
)
from runtime.common.keys import input_key


class JobStore(Attempts, EndedJobs, OwnerActions, OwnerMails, Removals, JobLists, OpenJobs):
    """Every part in one, so that a test can create, run, end, list and remove jobs."""

    def submit(
        self,
        job_id: str = "job-1",
        user_id: str = "ada",
        *,
        name: str = "x.vcf",
        bucket: str = "inputs",
        key: str = "",
        reference: str = "rcrs",
        note: str = "",
    ) -> Job:
        """Create a job; `key` takes the place of the one that its input has by its name."""
        return self.create(
            job_id=job_id,
            user_id=user_id,
            input_file_name=name,
            s3_inputs_bucket=bucket,
            s3_key_input_file=key or input_key(user_id, job_id, name),
            reference=reference,
            note=note,
        )
