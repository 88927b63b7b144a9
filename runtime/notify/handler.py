"""A job has ended: email its owner, once, in the way that the owner has chosen."""

from dataclasses import dataclass

from runtime.common.delivery import Delivery, HandBack
from runtime.common.job import Job
from runtime.common.jobs import EndedJobs
from runtime.common.log import bound, get_logger
from runtime.common.mail_choices import MailChoice, MailKind, mail_choice
from runtime.common.messages import JobResult, NotifyMessage, SendDigest
from runtime.common.once import Busy
from runtime.common.users import User, UserStore
from runtime.notify.digests import Digests
from runtime.notify.emails import JobMails

log = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class NotifyHandler:
    """Emails the owners of jobs that have ended."""

    jobs: EndedJobs
    users: UserStore
    mails: JobMails
    digests: Digests

    def __call__(self, message: NotifyMessage, _delivery: Delivery) -> None:
        """See to one message of the queue.

        Raises:
            HandBack: another instance is sending the email.
        """
        if isinstance(message, SendDigest):
            with bound(user_id=message.user_id):
                self.digests.send_if_due(message.user_id)
        else:
            with bound(job_id=message.job_id):
                self._job_ended(message)

    def _job_ended(self, message: JobResult) -> None:
        """Send the email, or keep it for a digest, unless it was sent or nobody wants it."""
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
        choice = mail_choice(user, MailKind.ENDED)
        if choice is MailChoice.NONE:
            log.info("the owner wants no email")
        elif choice is MailChoice.DIGEST:
            self.digests.add(MailKind.ENDED, job)
        else:
            self._send(job, user)

    def _send(self, job: Job, user: User) -> None:
        try:
            sent = self.jobs.tell_ended_once(job, lambda: self.mails.send([job], user))
        except Busy as other:
            raise HandBack(other.retry_after, "another instance sends the email") from None
        if sent:
            log.info("email sent to the owner", job_status=job.job_status)
