"""A job has ended, or its result has moved: tell the owner, as the owner has chosen."""

from dataclasses import dataclass

from runtime.common.delivery import Delivery, HandBack
from runtime.common.jobs import OwnerMails
from runtime.common.log import bound, get_logger
from runtime.common.mail_choices import MailChoice, MailKind, mail_choice
from runtime.common.messages import JobResult, NotifyMessage, SendDigest
from runtime.common.once import Busy
from runtime.common.users import User, UserStore
from runtime.notify.digests import Digests
from runtime.notify.emails import JobMails
from runtime.notify.facts import JobFact, is_untold

log = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class NotifyHandler:
    """Emails the owners of jobs."""

    jobs: OwnerMails
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
            return
        with bound(job_id=message.job_id):
            if isinstance(message, JobResult):
                self._tell(message.job_id, MailKind.ENDED, message.complete_time)
            else:
                self._tell(message.job_id, MailKind(message.move), message.moved_time)

    def _tell(self, job_id: str, kind: MailKind, at: int) -> None:
        """Send the email, or keep the fact for a digest, unless it was told or nobody wants it."""
        job = self.jobs.get(job_id)
        user = None if job is None else self.users.get(job.user_id)
        if job is None or user is None:
            log.info("the job or its owner is gone, no email sent")
            return
        if not is_untold(kind, at, job, user):
            log.info("nothing to tell, or told before", kind=kind, job_status=job.job_status)
            return
        choice = mail_choice(user, kind)
        if choice is MailChoice.EACH:
            self._send(JobFact(kind, job), user)
        elif choice is MailChoice.DIGEST and kind is not MailKind.RESTORED:
            self.digests.add(JobFact(kind, job), at)
        else:
            # The process restore itself tells of many restored results, when all of them are.
            log.info("no email is wanted from here", kind=kind)

    def _send(self, fact: JobFact, user: User) -> None:
        try:
            sent = self.jobs.tell_once(fact.kind, fact.job, lambda: self.mails.send([fact], user))
        except Busy as other:
            raise HandBack(other.retry_after, "another instance sends the email") from None
        if sent:
            log.info("email sent to the owner", kind=fact.kind, job_status=fact.job.job_status)
