"""Why a change of a job was refused."""

from runtime.common.job import Job


class JobMissing(Exception):
    """There is no job of that id, or its owner has removed it."""


class LeaseLost(Exception):
    """The attempt doesn't own the job any more: another does, it has ended, or it was removed.

    What the attempt did doesn't count.
    """


class JobEnded(Exception):
    """The job has come to its end already."""


class ClaimRefused(Exception):
    """The job can't be claimed: it has ended, or another attempt holds it.

    Attributes:
        job: the job as it is.
        retry_after: seconds until the other attempt's lease ends; None when the job has ended.
    """

    def __init__(self, job: Job, retry_after: int | None) -> None:
        super().__init__(f"job {job.job_id} is {job.job_status}")
        self.job = job
        self.retry_after = retry_after
