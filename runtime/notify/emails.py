"""The emails about jobs: about one, and the digest about many."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from runtime.common.job import Job
from runtime.common.mail import Email, Mailer, moment, write_email
from runtime.common.retention_rule import RetentionRule
from runtime.common.users import User
from runtime.contract.job_status import FailureKind, JobStatus

MOST_LISTED = 100
"""Jobs that a digest lists; it counts the others."""


@dataclass(frozen=True)
class JobMails:
    """Sends emails about jobs that have ended."""

    mailer: Mailer
    retention: RetentionRule
    site_url: str

    def send(self, jobs: Sequence[Job], user: User) -> None:
        """Send one email about these jobs, of which there is at least one.

        Raises:
            botocore.exceptions.ClientError: SES refused it.
        """
        dues = [due for job in jobs if (due := self.retention.due(job, user)) is not None]
        due = min(dues, default=None)
        if len(jobs) == 1:
            email = job_ended_email(jobs[0], user, due=due, site_url=self.site_url)
        else:
            email = digest_email(jobs, user, first_due=due, site_url=self.site_url)
        self.mailer.send(to=user.email, email=email)


@dataclass(frozen=True)
class Outcome:
    """An outcome of jobs, as a digest tells it.

    Attributes:
        title: over the list of them.
        counted: of the subject, after their number.
        jobs: those to list; of the others only `total` tells.
    """

    title: str
    counted: str
    total: int
    jobs: Sequence[dict[str, Any]]

    @property
    def more(self) -> int:
        """How many aren't listed."""
        return self.total - len(self.jobs)


def job_ended_email(job: Job, user: User, *, due: int | None, site_url: str) -> Email:
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
        own_file=job.failure in (FailureKind.INPUT, FailureKind.TIME_LIMIT),
        job_url=f"{site_url}/jobs/{job.job_id}",
        upload_url=f"{site_url}/upload",
        due=moment(due) if due is not None else None,
        **_links(site_url),
    )


def digest_email(
    ended: Sequence[Job], user: User, *, first_due: int | None, site_url: str
) -> Email:
    """Return the email about several jobs; those that failed come first.

    Args:
        ended: COMPLETED and FAILED jobs.
        first_due: when the first of their results is to be archived, in epoch seconds.
    """
    failed = [job for job in ended if job.job_status is JobStatus.FAILED]
    completed = [job for job in ended if job.job_status is JobStatus.COMPLETED]
    room = MOST_LISTED
    outcomes = []
    for title, counted, jobs in (
        ("Could not be annotated", "could not be annotated", failed),
        ("Annotated", "annotated", completed),
    ):
        listed = [_line(job, site_url) for job in _by_name(jobs)[:room]]
        room -= len(listed)
        outcomes.append(Outcome(title, counted, len(jobs), listed))
    told = [each for each in outcomes if each.total]
    return write_email(
        "digest",
        name=user.name,
        counts=", ".join(f"{each.total} {each.counted}" for each in told),
        outcomes=told,
        first_due=moment(first_due) if first_due is not None else None,
        **_links(site_url),
    )


def _links(site_url: str) -> dict[str, str]:
    return {
        "jobs_url": f"{site_url}/jobs",
        "subscribe_url": f"{site_url}/subscribe",
        "choice_url": f"{site_url}/profile#mails",
    }


def _by_name(jobs: Sequence[Job]) -> list[Job]:
    return sorted(jobs, key=lambda job: (job.input_file_name, job.submit_time, job.job_id))


def _line(job: Job, site_url: str) -> dict[str, Any]:
    return {
        "file_name": job.input_file_name,
        "url": f"{site_url}/jobs/{job.job_id}",
        "error": job.error,
    }
