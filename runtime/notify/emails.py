"""The emails about jobs: about one, and the digest about many."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from runtime.common.job import Job, ResultState
from runtime.common.mail import Email, Mailer, moment, write_email
from runtime.common.mail_choices import MailKind
from runtime.common.retention_rule import RetentionRule
from runtime.common.users import User
from runtime.contract.job_status import FailureKind, JobStatus
from runtime.notify.facts import JobFact

MOST_LISTED = 100
"""Jobs that a digest lists; it counts the others."""


@dataclass(frozen=True)
class JobMails:
    """Sends emails about jobs."""

    mailer: Mailer
    retention: RetentionRule
    site_url: str

    def send(self, facts: Sequence[JobFact], user: User) -> None:
        """Send one email that tells these facts, of which there is at least one.

        Raises:
            botocore.exceptions.ClientError: SES refused it.
        """
        due = min(filter(None, (self._due(fact, user) for fact in facts)), default=None)
        email = single_email if len(facts) == 1 else digest_email
        self.mailer.send(to=user.email, email=email(facts, user, due=due, site_url=self.site_url))

    def _due(self, fact: JobFact, user: User) -> int | None:
        """Return when the result of a job that has ended is to be archived; None for never."""
        here = fact.job.result_state is ResultState.AVAILABLE
        return self.retention.due(fact.job, user) if here else None


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


def single_email(facts: Sequence[JobFact], user: User, *, due: int | None, site_url: str) -> Email:
    """Return the email that tells one fact.

    Args:
        due: when the job's result is to be archived, in epoch seconds; None for never.
    """
    [fact] = facts
    job = fact.job
    return write_email(
        _template(fact),
        name=user.name,
        file_name=job.input_file_name,
        error=job.error,
        own_file=job.failure in (FailureKind.INPUT, FailureKind.TIME_LIMIT),
        job_url=f"{site_url}/jobs/{job.job_id}",
        upload_url=f"{site_url}/upload",
        due=moment(due) if due is not None else None,
        **_links(site_url),
    )


def digest_email(facts: Sequence[JobFact], user: User, *, due: int | None, site_url: str) -> Email:
    """Return the email that tells several facts; jobs that failed come first.

    Args:
        due: when the first of the results is to be archived, in epoch seconds; None for never.
    """
    room, outcomes = MOST_LISTED, []
    for template, title, counted in (
        ("job_failed", "Could not be annotated", "could not be annotated"),
        ("job_completed", "Annotated", "annotated"),
        ("archived", "Archived", "archived"),
    ):
        jobs = _by_name([fact.job for fact in facts if _template(fact) == template])
        listed = [_line(job, site_url) for job in jobs[:room]]
        room -= len(listed)
        if jobs:
            outcomes.append(Outcome(title, counted, len(jobs), listed))
    return write_email(
        "digest",
        name=user.name,
        counts=", ".join(f"{each.total} {each.counted}" for each in outcomes),
        outcomes=outcomes,
        archived=any(fact.kind is MailKind.ARCHIVED for fact in facts),
        due=moment(due) if due is not None else None,
        **_links(site_url),
    )


def _template(fact: JobFact) -> str:
    """Return the name of the email that tells this fact alone."""
    if fact.kind is MailKind.ARCHIVED:
        return "archived"
    if fact.kind is MailKind.RESTORED:
        return "result_restored"
    return "job_completed" if fact.job.job_status is JobStatus.COMPLETED else "job_failed"


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
