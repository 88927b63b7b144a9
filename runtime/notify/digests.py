"""One email for many jobs: the first of a while at once, then one for all of each interval.

What happened is kept before anything else, and is deleted after it was told. Whoever keeps a fact
then sends a digest or, where none is due yet, a message that comes when one is; unless such a
message is under way. So for every fact there is a message that isn't deleted before the fact is. A
crash between the sending and the note about it repeats a digest, and loses none.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from runtime.common.jobs import OwnerMails
from runtime.common.log import get_logger
from runtime.common.mail_choices import MailChoice, mail_choice
from runtime.common.messages import SendDigest
from runtime.common.queues import Queue
from runtime.common.users import User, UserStore
from runtime.contract.sqs import MAX_DELAY_SECONDS
from runtime.notify.emails import JobMails
from runtime.notify.facts import JobFact, is_untold
from runtime.notify.pending import DigestState, NotDue, PendingFact, PendingMails

MOST_AT_ONCE = 1000
"""Facts that one digest tells, so that it is written within the hold. The next tells the others."""

log = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Digests:
    """Sends digests.

    Args:
        queue: of the process itself, for the messages that have later digests sent.
    """

    jobs: OwnerMails
    users: UserStore
    mails: JobMails
    pending: PendingMails
    queue: Queue
    clock: Callable[[], float] = time.time

    def add(self, fact: JobFact, at: int) -> None:
        """Have the owner told of a fact of the epoch second `at`: at once, or by a later digest."""
        user_id = fact.job.user_id
        self.pending.add(user_id, fact, at)
        # Read after the fact was kept: who answers a call that stands here finds the fact.
        state = self.pending.state(user_id)
        if not state.is_called(self.clock()):
            self._send_or_call(user_id, state)

    def send_if_due(self, user_id: str) -> None:
        """Answer a call: send the user's digest, or call again when it is due.

        Raises:
            botocore.exceptions.ClientError: SES or a table refused it; nothing is forgotten.
        """
        state = self.pending.answer(user_id)
        if self.pending.all(user_id):
            self._send_or_call(user_id, state)

    def _send_or_call(self, user_id: str, state: DigestState) -> None:
        try:
            held = self.pending.hold(user_id)
        except NotDue as not_yet:
            self._call(user_id, state, not_yet.due)
            return
        facts = self.pending.all(user_id)
        now, later = facts[:MOST_AT_ONCE], facts[MOST_AT_ONCE:]
        try:
            told = self._send(user_id, now)
        except Exception:
            self.pending.release(user_id, held)
            raise
        if told:
            self.pending.note_sent(user_id, held)
            log.info("digest sent to the owner", facts=len(told))
        else:
            self.pending.release(user_id, held)
        for fact in told:
            self.jobs.note_told(fact.kind, fact.job)
        for each in now:
            self.pending.delete(user_id, each)
        if later:
            self._call(user_id, state, int(self.clock()) + self.pending.interval)

    def _send(self, user_id: str, pending: list[PendingFact]) -> list[JobFact]:
        """Send an email about these facts; return those that it tells, maybe none."""
        user = self.users.get(user_id)
        if user is None:
            log.warning("the owner's account is deleted, no email sent")
            return []
        told = [fact for each in pending if (fact := self._untold(each, user)) is not None]
        if told:
            self.mails.send(told, user)
        return told

    def _untold(self, pending: PendingFact, user: User) -> JobFact | None:
        """Return a fact that is still to be told, with its job as it is now."""
        job = self.jobs.get(pending.job_id)
        if job is None or mail_choice(user, pending.kind) is MailChoice.NONE:
            return None
        untold = is_untold(pending.kind, pending.at, job, user)
        return JobFact(pending.kind, job) if untold else None

    def _call(self, user_id: str, state: DigestState, due: int) -> None:
        """Send the message first: a call that is noted must be under way."""
        wait = min(max(due - int(self.clock()), 0), MAX_DELAY_SECONDS)
        self.queue.send(SendDigest(user_id=user_id, due=due), delay_seconds=wait)
        self.pending.note_call(user_id, state, due)
        log.info("the next digest will tell it", due=due)
