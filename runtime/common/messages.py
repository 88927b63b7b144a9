"""What travels over the topics and queues as raw JSON. S3's own events are in `restore_events`.

Most queues carry one class; several of one queue are told apart by their `kind`.
"""

from typing import Annotated, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

from runtime.common.job import Job
from runtime.contract.job_status import JobStatus

M = TypeVar("M")

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]


class BadMessage(ValueError):
    """A body that is no message of the expected class; the text says what is wrong with it."""


class Message(BaseModel):
    """Base of all messages. Unknown fields are ignored, so that a sender may be newer."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    def to_body(self) -> str:
        """Return the message as JSON."""
        return self.model_dump_json()

    @classmethod
    def from_body(cls, body: str) -> Self:
        """Parse a message's body.

        Raises:
            BadMessage: the body isn't JSON, or lacks a field, or holds a malformed one.
        """
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            raise BadMessage(f"not a {cls.__name__}: {_faults(error)}") from error


def _faults(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, fault['loc'])) or 'body'}: {fault['msg']}" for fault in error.errors()
    )


def _parsed(adapter: TypeAdapter[M], body: str, what: str) -> M:
    """Parse the body of one of several classes; `what` says in the error what it should be."""
    try:
        return adapter.validate_json(body)
    except ValidationError as error:
        raise BadMessage(f"not {what}: {_faults(error)}") from error


class JobRequest(Message):
    """On job_requests: annotate this job. All else about it is in the table."""

    job_id: Identifier


class JobResult(Message):
    """On job_results: this job has ended. `complete_time` is in epoch seconds."""

    job_id: Identifier
    user_id: Identifier
    job_status: Literal[JobStatus.COMPLETED, JobStatus.FAILED]
    complete_time: Annotated[int, Field(ge=0)]

    @classmethod
    def of(cls, job: Job) -> Self:
        """Return the message about a job that has ended.

        Raises:
            pydantic.ValidationError: it hasn't.
        """
        return cls.model_validate(job.model_dump())


class SendDigest(Message):
    """On job_results_notify: send the user's digest, if there is something to tell.

    `due` is the epoch second for which this was meant; only the logs show it.
    """

    kind: Literal["send_digest"] = "send_digest"
    user_id: Identifier
    due: int


class PlanChange(Message):
    """On restore_requests: this user's role has changed. Whoever changes a role sends this.

    The role that counts is the one in the table when the message is handled.
    """

    kind: Literal["plan_change"] = "plan_change"
    user_id: Identifier


class WalkJobs(Message):
    """On restore_requests: go on with the list of the user's jobs.

    Attributes:
        cursor: where to go on; None at the beginning.
        again: this is the second walk, for what the index told late.
    """

    kind: Literal["walk_jobs"] = "walk_jobs"
    user_id: Identifier
    cursor: str | None = None
    again: bool = False


class RestoreResult(Message):
    """On restore_requests: restore this job's result, if it is archived and its owner Premium."""

    kind: Literal["restore_result"] = "restore_result"
    user_id: Identifier
    job_id: Identifier


class RestoreOverdue(Message):
    """On restore_requests: this job's result should have been back; look at it, and ask again."""

    kind: Literal["restore_overdue"] = "restore_overdue"
    user_id: Identifier
    job_id: Identifier


class CheckBatch(Message):
    """On restore_requests: look whether all results of the user are back, and then say so."""

    kind: Literal["check_batch"] = "check_batch"
    user_id: Identifier


RestoreRequest = PlanChange | WalkJobs | RestoreResult | RestoreOverdue | CheckBatch
"""What restore_requests carries, told apart by `kind`."""

_RESTORE_REQUEST: TypeAdapter[RestoreRequest] = TypeAdapter(
    Annotated[RestoreRequest, Field(discriminator="kind")]
)


def parse_restore_request(body: str) -> RestoreRequest:
    """Parse a message's body.

    Raises:
        BadMessage: it is none of them.
    """
    return _parsed(_RESTORE_REQUEST, body, "a restore request")


class ResultMoved(Message):
    """On result_moves: a result was archived, or is back.

    Attributes:
        result_epoch: of the job after the move, which tells one move from another.
        moved_time: epoch seconds.
    """

    kind: Literal["result_moved"] = "result_moved"
    user_id: Identifier
    job_id: Identifier
    move: Literal["archived", "restored"]
    result_epoch: int
    moved_time: int

    @classmethod
    def archived(cls, job: Job) -> Self:
        """Return the message about a job whose result was archived."""
        return cls._of(job, "archived", job.archive_time)

    @classmethod
    def restored(cls, job: Job) -> Self:
        """Return the message about a job whose result is back."""
        return cls._of(job, "restored", job.restore_time)

    @classmethod
    def _of(cls, job: Job, move: str, moved_time: int | None) -> Self:
        return cls.model_validate(
            {
                "user_id": job.user_id,
                "job_id": job.job_id,
                "move": move,
                "result_epoch": job.result_epoch,
                "moved_time": moved_time,
            }
        )


NotifyMessage = JobResult | ResultMoved | SendDigest
"""What job_results_notify carries; JobResult alone has no `kind`."""

_NOTIFY_MESSAGE: TypeAdapter[NotifyMessage] = TypeAdapter(NotifyMessage)


def parse_notify_message(body: str) -> NotifyMessage:
    """Parse a message's body.

    Raises:
        BadMessage: it is none of them.
    """
    return _parsed(_NOTIFY_MESSAGE, body, "a message of notify")


class WebhookTest(Message):
    """On webhooks: the user wants an event sent, to try the webhook out."""

    kind: Literal["webhook_test"] = "webhook_test"
    user_id: Identifier
    test_id: Identifier
    asked_time: int


class DeliverWebhook(Message):
    """On webhooks: send this delivery to its user's webhook.

    Attributes:
        delivery_id: the id of its item in `owned_items`.
        attempt: how many attempts there were; at another number the message is out of date.
        due: epoch seconds, before which it isn't sent.
    """

    kind: Literal["deliver_webhook"] = "deliver_webhook"
    user_id: Identifier
    delivery_id: Annotated[str, StringConstraints(pattern=r"^delivery#[0-9a-f#-]{1,80}$")]
    attempt: int
    due: int


WebhookMessage = JobResult | ResultMoved | WebhookTest | DeliverWebhook
"""What webhooks carries; JobResult alone has no `kind`."""

_WEBHOOK_MESSAGE: TypeAdapter[WebhookMessage] = TypeAdapter(WebhookMessage)


def parse_webhook_message(body: str) -> WebhookMessage:
    """Parse a message's body.

    Raises:
        BadMessage: it is none of them.
    """
    return _parsed(_WEBHOOK_MESSAGE, body, "a message of webhooks")


class SurplusCopies(Message):
    """On surplus_copies: delete the copies of this job's result that the job doesn't need.

    It names no file: what may go is decided by the job's item when the message is handled.
    """

    user_id: Identifier
    job_id: Identifier


class Removal(Message):
    """On removals: delete this job of the user with its files; without a job, the whole account.

    It may be sent before the job's tombstone is written: the removal writes it where it's missing.

    Attributes:
        sweep_until: the account is erased; until then (epoch seconds) uploads that it had opened
            may still arrive, and are deleted.
    """

    user_id: Identifier
    job_id: Identifier | None = None
    sweep_until: int | None = None
