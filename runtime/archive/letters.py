"""The letter that archive sends."""

from runtime.common.job import Job
from runtime.common.mail import Letter, write_letter
from runtime.common.users import User


def archived(job: Job, user: User, *, site_url: str) -> Letter:
    """Return the letter about a result that has moved into the archive."""
    return write_letter(
        "archived",
        name=user.name,
        file_name=job.input_file_name,
        job_url=f"{site_url}/jobs/{job.job_id}",
        subscribe_url=f"{site_url}/subscribe",
    )
