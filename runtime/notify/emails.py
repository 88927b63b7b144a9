"""The emails that notify sends."""

from runtime.common.job import Job
from runtime.common.mail import Email, moment, write_email
from runtime.common.users import User
from runtime.contract.job_status import JobStatus


def job_ended(job: Job, user: User, *, due: int | None, site_url: str) -> Email:
    """Return the email about a job that COMPLETED or FAILED.

    Args:
        due: when its result is to be archived, in epoch seconds; None for never.
    """
    completed = job.job_status is JobStatus.COMPLETED
    return write_email(
        "job_completed" if completed else "job_failed",
        name=user.name,
        file_name=job.input_file_name,
        error=job.error,
        job_url=f"{site_url}/jobs/{job.job_id}",
        upload_url=f"{site_url}/upload",
        due=moment(due) if due is not None else None,
        subscribe_url=f"{site_url}/subscribe",
    )
