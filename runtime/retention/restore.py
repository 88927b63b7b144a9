"""A user's plan has changed: archived results come back, or results get their time again.

The role that counts is the one in the table now, whatever message is at hand: so an upgrade and a
cancellation in quick succession, in any order of delivery, end as the table says.

The jobs are walked by index, a page a message: the last act of a page is to send for the next one.
What can't be requested now gets a message of its own, for later. Every step may be done again.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from runtime.common.delivery import Delivery, HandBack
from runtime.common.job import Job, ResultState
from runtime.common.jobs import JobLists
from runtime.common.log import bound, get_logger
from runtime.common.mail_choices import MailChoice, MailKind, mail_choice
from runtime.common.messages import (
    CheckBatch,
    JobResult,
    PlanChange,
    RestoreOverdue,
    RestoreRequest,
    RestoreResult,
    WalkJobs,
)
from runtime.common.objects import ObjectMissing
from runtime.common.once import Busy
from runtime.common.queues import Queue
from runtime.common.retention_rule import RetentionRule
from runtime.common.users import Role, User, UserStore
from runtime.retention.batch import RestoreBatch
from runtime.retention.requester import RestoreRequester
from runtime.retention.timer import RetentionTimer

PAGE = 100
"""Jobs of a page: some seconds of work, so that a stop never waits long."""

WALK_AGAIN_SECONDS = 60
"""After a walk there is a second one, for what the index told late: as a rule it follows the table
within a moment. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html"""

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
"""How long the next page of a walk may take to begin, without the batch ending meanwhile."""

log = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class RestoreHandler:
    """Does what a change of plan asks.

    Args:
        requester: requests results of S3.
        requests: the queue that the messages come from.
        timer: of results that will be archived.
        tell_restored: emails the user that everything is back.
        tell_free: emails the user that results will be archived, from that epoch second on.
    """

    jobs: JobLists
    users: UserStore
    requester: RestoreRequester
    batch: RestoreBatch
    rule: RetentionRule
    requests: Queue
    timer: RetentionTimer
    tell_restored: Callable[[User], None]
    tell_free: Callable[[User, int], None]
    clock: Callable[[], float] = time.time
    page: int = PAGE

    def __call__(self, message: RestoreRequest, _delivery: Delivery) -> None:
        """See to one message of restore_requests.

        Raises:
            HandBack: another instance is telling the user.
        """
        with bound(user_id=message.user_id):
            owner = self.users.get(message.user_id)
            if owner is None:
                log.info("the user is gone")
                self.batch.drop(message.user_id)
                return
            try:
                self._see_to(message, owner)
            except Busy as other:
                raise HandBack(other.retry_after, "another instance tells the user") from None

    def _see_to(self, message: RestoreRequest, owner: User) -> None:
        match message:
            case PlanChange():
                self._walk(WalkJobs(user_id=owner.user_id), owner)
            case WalkJobs():
                self._walk(message, owner)
            case RestoreResult() | RestoreOverdue():
                self._one(message, owner)
            case CheckBatch():
                self._check_batch(message, owner)

    def _walk(self, walk: WalkJobs, owner: User) -> None:
        page = self.jobs.list_for_user(owner.user_id, limit=self.page, cursor=walk.cursor)
        if owner.role is Role.PREMIUM_USER:
            self._restore(page.jobs, owner)
        else:
            self._give_time(page.jobs, owner)
        if page.cursor is not None:
            self.batch.keep_open(owner.user_id, NEXT_PAGE_SECONDS)
            self.requests.send(walk.model_copy(update={"cursor": page.cursor}))
        elif not walk.again and owner.role is Role.PREMIUM_USER:
            again = WalkJobs(user_id=owner.user_id, again=True)
            self.requests.send(again, delay_seconds=WALK_AGAIN_SECONDS)

    def _restore(self, jobs: tuple[Job, ...], owner: User) -> None:
        """Request what is archived. What comes back already, since the owner was Premium before,
        belongs to the same batch."""
        archived = [job for job in jobs if job.result_state is ResultState.ARCHIVED]
        if not archived and not self._any_restoring(jobs):
            return
        with self._batch(owner):
            for job in archived:
                with bound(job_id=job.job_id):
                    self._request_or_retry(job)

    def _any_restoring(self, jobs: tuple[Job, ...]) -> bool:
        """Whether one is coming back, by the table itself: the index may be a moment behind."""
        restoring = (job for job in jobs if job.result_state is ResultState.RESTORING)
        return any(self.requester.states.still_holds(job) for job in restoring)

    def _request_or_retry(self, job: Job) -> None:
        """Request one result; if that fails, have it tried alone, so that the others go on."""
        try:
            self.requester.request(job)
        except (ClientError, BotoCoreError, ObjectMissing) as error:
            self._retry_later(RestoreResult(user_id=job.user_id, job_id=job.job_id), error)

    def _one(self, message: RestoreResult | RestoreOverdue, owner: User) -> None:
        """See to one job. While AWS throttles, it is put off; other refusals fail the message."""
        with bound(job_id=message.job_id):
            job = self.jobs.get(message.job_id)
            if job is None or job.user_id != owner.user_id:
                log.info("the job is gone")
                return
            try:
                if isinstance(message, RestoreOverdue):
                    self._restart(job)
                else:
                    self._request(job, owner)
            except ClientError as error:
                if error.response["Error"]["Code"] not in THROTTLES:
                    raise
                self._retry_later(message, error)

    def _retry_later(self, message: RestoreResult | RestoreOverdue, error: Exception) -> None:
        """Send a message of its own for the job, that has been received no times yet.

        Until then not everything is back.
        """
        log.warning("not restored now, trying again later", error=str(error))
        self.batch.keep_open(message.user_id, LATER_SECONDS + NEXT_PAGE_SECONDS)
        self.requests.send(message, delay_seconds=LATER_SECONDS)

    def _request(self, job: Job, owner: User) -> None:
        if job.result_state is ResultState.ARCHIVED and owner.role is Role.PREMIUM_USER:
            with self._batch(owner):
                self.requester.request(job)

    def _restart(self, job: Job) -> None:
        if job.result_state is ResultState.RESTORING:
            self.requester.request_again_if_overdue(job)

    @contextmanager
    def _batch(self, owner: User) -> Iterator[None]:
        """Have the user told in the end of what is requested inside.

        A crash before the note sends two to check for the end, never none.
        """
        if not self.batch.open(owner.user_id):
            check = CheckBatch(user_id=owner.user_id)
            self.requests.send(check, delay_seconds=FIRST_CHECK_SECONDS)
            self.batch.note_checked(owner.user_id)
        yield
        self.batch.requested(owner.user_id)

    def _check_batch(self, message: CheckBatch, owner: User) -> None:
        """Tell the user when the last result is back; until then check again, ever more seldom."""
        begun_at = self.batch.begun_at(owner.user_id)
        if begun_at is None:
            return
        if owner.role is not Role.PREMIUM_USER:
            over = self.batch.drop(owner.user_id)
        elif self.requester.states.is_any_restoring(owner.user_id):
            over = False
        else:
            over = self.batch.end(owner.user_id, lambda: self._say_restored(owner))
        if over:
            log.info("the batch is over", role=owner.role)
        else:
            waited = int(self.clock()) - begun_at
            pause = min(MAX_CHECK_SECONDS, max(FIRST_CHECK_SECONDS, waited // 4))
            self.requests.send(message, delay_seconds=pause)

    def _say_restored(self, owner: User) -> None:
        """Tell who wants one email for many; notify tells who wants one for each result."""
        if mail_choice(owner, MailKind.RESTORED) is MailChoice.DIGEST:
            self.tell_restored(owner)

    def _give_time(self, jobs: tuple[Job, ...], owner: User) -> None:
        """Set the timer of every available result of a Free user anew, and tell them once."""
        timers = [
            (JobResult.of(job), due)
            for job in jobs
            if job.result_state is ResultState.AVAILABLE
            and (due := self.rule.due(job, owner)) is not None
        ]
        if not timers:
            return
        self.timer.set(timers)
        log.info("results will be archived", jobs=len(timers))
        since = owner.role_since
        if since is not None:
            due = since + self.rule.free_seconds
            self.batch.tell_free_once(owner.user_id, since, lambda: self.tell_free(owner, due))
