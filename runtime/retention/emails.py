"""The emails about results that are archived, and about those that come back."""

from runtime.common.job import Job
from runtime.common.mail import Email, moment, write_email
from runtime.common.users import User


def archived(job: Job, user: User, *, site_url: str) -> Email:
    """Return the email about a result that has moved into the archive."""
    return write_email(
        "archived",
        name=user.name,
        file_name=job.input_file_name,
        job_url=f"{site_url}/jobs/{job.job_id}",
        subscribe_url=f"{site_url}/subscribe",
    )


def restored(user: User, *, site_url: str) -> Email:
    """Return the email that everything that was archived is back."""
    return write_email("restored", name=user.name, jobs_url=f"{site_url}/jobs")


def free_again(user: User, due: int, *, site_url: str) -> Email:
    """Return the email that results will be archived, from `due` (epoch seconds) on."""
    return write_email(
        "free_again",
        name=user.name,
        due=moment(due),
        jobs_url=f"{site_url}/jobs",
        subscribe_url=f"{site_url}/subscribe",
    )
