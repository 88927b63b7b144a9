"""A user's plan has changed: archived results come back, or results get their time again.

The role that counts is the one in the table now, whatever message is at hand: so an upgrade and a
cancellation in quick succession, in any order of delivery, end as the table says.

The jobs are walked by index, a page a message: the last act of a page is to send for the next one.
What can't be asked for now is sent for alone, later. Every step may be done again.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from runtime.common.delivery import Delivery, HandBack
from runtime.common.job import Job, ResultState
from runtime.common.jobs import JobStore
from runtime.common.log import bound, get_logger
from runtime.common.messages import JobResult, PlanChange
from runtime.common.objects import ObjectMissing
from runtime.common.once import Busy
from runtime.common.queues import Queue
from runtime.common.retention import Retention
from runtime.common.users import Role, User, UserStore
from runtime.retention.batch import Rounds
from runtime.retention.requester import Asking
from runtime.retention.timer import hop

PAGE = 100
"""Jobs of a page: some seconds of work, so that a stop never waits long."""

LOOK_AGAIN_SECONDS = 60
"""After a walk there is a second one, for what the index told late: it follows the table within a
moment as a rule. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html"""

LATER_SECONDS = 60
"""When a job is tried again for which S3 had no answer."""

THROTTLES = {
    "SlowDown",
    "ServiceUnavailable",
    "Throttling",
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
}
"""What AWS says when it is asked too often, after the SDK has tried five times.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html"""

FIRST_CHECK_SECONDS = 10
MAX_CHECK_SECONDS = 300

NEXT_PAGE_SECONDS = 30
"""How long the next page of a walk may take to begin, without the round ending meanwhile."""

log = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class RestoreHandler:
    """Does what a change of plan asks.

    Args:
        asking: asks S3 for results.
        requests: the queue that the messages come from.
        archive_queue: carries the timers of results that will be archived.
        tell_restored: sends the email that everything is back.
        tell_free: sends the email that results will be archived, from that epoch second on.
    """

    jobs: JobStore
    users: UserStore
    asking: Asking
    rounds: Rounds
    retention: Retention
    requests: Queue
    archive_queue: Queue
    tell_restored: Callable[[User], None]
    tell_free: Callable[[User, int], None]
    clock: Callable[[], float] = time.time
    page: int = PAGE

    def __call__(self, message: PlanChange, _delivery: Delivery) -> None:
        """See to one message of restore_requests.

        Raises:
            HandBack: another instance is telling the user.
        """
        with bound(user_id=message.user_id):
            owner = self.users.get(message.user_id)
            if owner is None:
                log.info("the user is gone")
                self.rounds.drop(message.user_id)
                return
            try:
                self._see_to(message, owner)
            except Busy as other:
                raise HandBack(other.retry_after, "another instance tells the user") from None

    def _see_to(self, message: PlanChange, owner: User) -> None:
        if message.awaits_last:
            self._end_round(message, owner)
        elif message.job_id is not None:
            self._one(message.job_id, owner)
        else:
            self._walk(message, owner)

    def _walk(self, message: PlanChange, owner: User) -> None:
        page = self.jobs.list_for_user(owner.user_id, limit=self.page, cursor=message.cursor)
        if owner.role is Role.PREMIUM_USER:
            self._restore(page.jobs, owner)
        else:
            self._give_time(page.jobs, owner)
        if page.cursor is not None:
            self.rounds.keep(owner.user_id, NEXT_PAGE_SECONDS)
            self.requests.send(message.model_copy(update={"cursor": page.cursor}))
        elif message.look == 1 and owner.role is Role.PREMIUM_USER:
            again = PlanChange(user_id=owner.user_id, look=2)
            self.requests.send(again, delay_seconds=LOOK_AGAIN_SECONDS)

    def _restore(self, jobs: tuple[Job, ...], owner: User) -> None:
        """Ask for what is archived. What comes back already, since the owner was Premium before,
        is told of with the rest."""
        archived = [job for job in jobs if job.result_state is ResultState.ARCHIVED]
        if not archived and not self._any_restoring(jobs):
            return
        with self._round(owner):
            for job in archived:
                with bound(job_id=job.job_id):
                    self._ask(job)

    def _any_restoring(self, jobs: tuple[Job, ...]) -> bool:
        """Whether one is coming back, by the table itself: the index may be a moment behind."""
        restoring = (job for job in jobs if job.result_state is ResultState.RESTORING)
        return any(self.asking.states.still_holds(job) for job in restoring)

    def _ask(self, job: Job) -> None:
        """Ask for one result; if that fails, send for it alone, so that the others go on."""
        try:
            self.asking.ask(job)
        except (ClientError, BotoCoreError, ObjectMissing) as error:
            self._try_later(job.job_id, job.user_id, error)

    def _one(self, job_id: str, owner: User) -> None:
        """See to one job. While AWS throttles, it is put off; another refusal ends with people."""
        with bound(job_id=job_id):
            job = self.jobs.get(job_id)
            if job is None or job.user_id != owner.user_id:
                log.info("the job is gone")
                return
            try:
                self._one_as_it_is(job, owner)
            except ClientError as error:
                if error.response["Error"]["Code"] not in THROTTLES:
                    raise
                self._try_later(job_id, owner.user_id, error)

    def _try_later(self, job_id: str, user_id: str, error: Exception) -> None:
        """Send for the job again: a message of its own, that has been received no times yet.

        Until then not everything is back.
        """
        log.warning("not restored now, trying again later", error=str(error))
        self.rounds.keep(user_id, LATER_SECONDS + NEXT_PAGE_SECONDS)
        one = PlanChange(user_id=user_id, job_id=job_id)
        self.requests.send(one, delay_seconds=LATER_SECONDS)

    def _one_as_it_is(self, job: Job, owner: User) -> None:
        if job.result_state is ResultState.RESTORING:
            self.asking.ask_again_if_overdue(job)
        elif job.result_state is ResultState.ARCHIVED and owner.role is Role.PREMIUM_USER:
            with self._round(owner):
                self.asking.ask(job)

    @contextmanager
    def _round(self, owner: User) -> Iterator[None]:
        """Have the user told in the end of what is asked for inside.

        A crash before the note sends two to look for the end, never none.
        """
        if not self.rounds.open(owner.user_id):
            look = PlanChange(user_id=owner.user_id, awaits_last=True)
            self.requests.send(look, delay_seconds=FIRST_CHECK_SECONDS)
            self.rounds.note_watched(owner.user_id)
        yield
        self.rounds.asked(owner.user_id)

    def _end_round(self, message: PlanChange, owner: User) -> None:
        """Tell the user when the last result is back; until then look again, ever more seldom."""
        begun_at = self.rounds.begun_at(owner.user_id)
        if begun_at is None:
            return
        if owner.role is not Role.PREMIUM_USER:
            over = self.rounds.drop(owner.user_id)
        elif self.asking.states.is_any_restoring(owner.user_id):
            over = False
        else:
            over = self.rounds.end(owner.user_id, lambda: self.tell_restored(owner))
        if over:
            log.info("the round is over", role=owner.role)
        else:
            waited = int(self.clock()) - begun_at
            pause = min(MAX_CHECK_SECONDS, max(FIRST_CHECK_SECONDS, waited // 4))
            self.requests.send(message, delay_seconds=pause)

    def _give_time(self, jobs: tuple[Job, ...], owner: User) -> None:
        """Set the timer of every available result of a Free user anew, and tell them once."""
        now = self.clock()
        timers = [
            (JobResult.of(job), hop(due, now))
            for job in jobs
            if job.result_state is ResultState.AVAILABLE
            and (due := self.retention.due(job, owner)) is not None
        ]
        if not timers:
            return
        self.archive_queue.send_batch(timers)
        log.info("results will be archived", jobs=len(timers))
        since = owner.role_since
        if since is not None:
            due = since + self.retention.free_seconds
            self.rounds.tell_free_once(owner.user_id, since, lambda: self.tell_free(owner, due))
