"""A job has ended: tell its owner by email, once."""

from dataclasses import dataclass

from runtime.common.delivery import Delivery
from runtime.common.jobs import JobStore
from runtime.common.log import bound, get_logger
from runtime.common.mail import Mailer
from runtime.common.messages import JobResult
from runtime.common.retention import Retention
from runtime.common.users import UserStore
from runtime.notify.emails import job_ended

log = get_logger(__name__)


@dataclass(frozen=True)
class NotifyHandler:
    """Sends the email that a job's end calls for."""

    jobs: JobStore
    users: UserStore
    mailer: Mailer
    retention: Retention
    site_url: str

    def __call__(self, message: JobResult, _delivery: Delivery) -> None:
        """Send the email unless it was sent before, or nobody is there who needs it.

        The mark is written after the mail has gone: a crash between the two sends it twice,
        the other order would lose it.
        """
        with bound(job_id=message.job_id):
            job = self.jobs.get(message.job_id)
            if job is None or not job.ended:
                log.warning("no ended job of this id, nothing to tell")
                return
            if job.notify_time is not None:
                log.info("told before")
                return
            if job.cancelled:
                log.info("its owner cancelled it, and needn't be told")
                return
            user = self.users.get(job.user_id)
            if user is None:
                log.warning("the owner is gone, nobody to tell")
                return
            due = self.retention.due(job, user)
            email = job_ended(job, user, due=due, site_url=self.site_url)
            self.mailer.send(to=user.email, email=email)
            self.jobs.mark_notified(job.job_id)
            log.info("told the owner", job_status=job.job_status)
