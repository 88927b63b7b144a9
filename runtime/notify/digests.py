"""One email for many jobs: the first of a while at once, then one for all of each interval.

What happened is kept before anything else, and is deleted after it was told. Whoever keeps a fact
then sends a digest or, where none is due yet, a message that comes when one is. So for every fact
there is a message that isn't deleted before the fact is. A crash between the sending and the note
about it repeats a digest, and loses none.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from runtime.common.job import Job
from runtime.common.jobs import EndedJobs
from runtime.common.log import get_logger
from runtime.common.mail_choices import MailChoice, MailKind, mail_choice
from runtime.common.messages import SendDigest
from runtime.common.queues import Queue
from runtime.common.users import User, UserStore
from runtime.contract.sqs import MAX_DELAY_SECONDS
from runtime.notify.emails import JobMails
from runtime.notify.pending import NotDue, PendingFact, PendingMails

MOST_AT_ONCE = 1000
"""Facts that one digest tells, so that it is written within the hold. The next tells the others."""

log = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Digests:
    """Sends digests.

    Args:
        queue: of the process itself, for the messages that have later digests sent.
    """

    jobs: EndedJobs
    users: UserStore
    mails: JobMails
    pending: PendingMails
    queue: Queue
    clock: Callable[[], float] = time.time

    def add(self, kind: MailKind, job: Job) -> None:
        """Have the owner told what happened to a job: at once, or by the next digest."""
        self.pending.add(job.user_id, kind, job)
        self.send_if_due(job.user_id)

    def send_if_due(self, user_id: str) -> None:
        """Send the user's digest, or have this called again when it is due.

        Raises:
            botocore.exceptions.ClientError: SES or a table refused it; nothing is forgotten.
        """
        facts = self.pending.all(user_id)
        if not facts:
            return
        try:
            held = self.pending.hold(user_id)
        except NotDue as not_yet:
            self._call_again(user_id, not_yet.due)
            return
        try:
            told = self._send(user_id, facts[:MOST_AT_ONCE])
        except Exception:
            self.pending.release(user_id, held)
            raise
        if told:
            self.pending.note_sent(user_id, held)
            log.info("digest sent to the owner", jobs=len(told))
        else:
            self.pending.release(user_id, held)
        for job in told:
            self.jobs.note_told(job)
        for fact in facts[:MOST_AT_ONCE]:
            self.pending.delete(user_id, fact)
        if len(facts) > MOST_AT_ONCE:
            self._call_again(user_id, int(self.clock()) + self.pending.interval)

    def _send(self, user_id: str, facts: list[PendingFact]) -> list[Job]:
        """Send an email about these facts; return the jobs that it was about, maybe none."""
        user = self.users.get(user_id)
        if user is None:
            log.warning("the owner's account is deleted, no email sent")
            return []
        told = [job for fact in facts if (job := self._untold(fact, user)) is not None]
        if told:
            self.mails.send(told, user)
        return told

    def _untold(self, fact: PendingFact, user: User) -> Job | None:
        """Return the job of a fact that is still to be told."""
        job = self.jobs.get(fact.job_id)
        if job is None or mail_choice(user, fact.kind) is MailChoice.NONE:
            return None
        return None if job.notify_time is not None else job

    def _call_again(self, user_id: str, due: int) -> None:
        wait = min(max(due - int(self.clock()), 0), MAX_DELAY_SECONDS)
        self.queue.send(SendDigest(user_id=user_id, due=due), delay_seconds=wait)
        log.info("the next digest will tell it", due=due)
