"""A job has ended: email its owner, once."""

from dataclasses import dataclass

from runtime.common.delivery import Delivery, HandBack
from runtime.common.job import Job
from runtime.common.jobs import EndedJobs
from runtime.common.log import bound, get_logger
from runtime.common.mail import Email, Mailer, moment, write_email
from runtime.common.messages import JobResult
from runtime.common.once import Busy
from runtime.common.retention_rule import RetentionRule
from runtime.common.users import User, UserStore
from runtime.contract.job_status import FailureKind, JobStatus

log = get_logger(__name__)


@dataclass(frozen=True)
class NotifyHandler:
    """Emails the owner of a job that has ended."""

    jobs: EndedJobs
    users: UserStore
    mailer: Mailer
    retention: RetentionRule
    site_url: str

    def __call__(self, message: JobResult, _delivery: Delivery) -> None:
        """Send the email, unless it was sent before or nobody needs it.

        Raises:
            HandBack: another instance is sending it.
        """
        with bound(job_id=message.job_id):
            job = self.jobs.get(message.job_id)
            if job is None or not job.ended:
                log.warning("no ended job with this id, no email sent")
                return
            if job.notify_time is not None:
                log.info("the email was already sent")
                return
            if job.cancelled:
                log.info("its owner cancelled it, no email needed")
                return
            user = self.users.get(job.user_id)
            if user is None:
                log.warning("the owner's account is deleted, no email sent")
                return
            due = self.retention.due(job, user)
            email = job_ended_email(job, user, due=due, site_url=self.site_url)
            try:
                sent = self.jobs.tell_ended_once(
                    job, lambda: self.mailer.send(to=user.email, email=email)
                )
            except Busy as other:
                raise HandBack(other.retry_after, "another instance sends the email") from None
            if sent:
                log.info("email sent to the owner", job_status=job.job_status)


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
        subscribe_url=f"{site_url}/subscribe",
    )
