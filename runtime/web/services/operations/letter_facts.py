"""What a dead letter is about, without its body: that may name files."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from runtime.common.messages import (
    BadMessage,
    JobRequest,
    JobResult,
    Message,
    Removal,
    SurplusCopies,
    parse_notify_message,
    parse_restore_request,
    parse_webhook_message,
)
from runtime.common.restore_events import RestoreCompleted
from runtime.contract.s3 import USERS_PREFIX

PARSERS: Mapping[str, Callable[[str], Message]] = {
    "JobRequests": JobRequest.from_body,
    "JobResultsNotify": parse_notify_message,
    "JobResultsArchive": JobResult.from_body,
    "RestoreRequests": parse_restore_request,
    "RestoreCompleted": RestoreCompleted.from_body,
    "Removals": Removal.from_body,
    "SurplusCopies": SurplusCopies.from_body,
    "Webhooks": parse_webhook_message,
}
"""What reads the messages of a queue."""

GIVING_UP: Mapping[str, str] = {
    "JobRequests": "The job ends as failed, and its owner gets an email and sees your reason.",
    "JobResultsNotify": "The job's owner gets no email. Job and result stay as they are.",
    "JobResultsArchive": "The result isn't archived: it stays where it is.",
    "RestoreRequests": "What was archived stays archived until its owner asks again.",
    "RestoreCompleted": "The result stays in the archive until it is asked for again.",
    "SurplusCopies": "Copies that nobody needs stay in storage, and cost.",
    "Webhooks": "The webhook of the job's owner, or the stage's bus, isn't told.",
}
"""What it means to give up a letter of a queue. Those of other queues can't be given up: a removal
was promised to somebody, so it is only ever redriven."""

UNREADABLE = "Unreadable"

_USERS_KEY = re.compile(rf"{re.escape(USERS_PREFIX)}(?P<user_id>[^/]+)/(?P<job_id>[^/]+)/")
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class LetterFacts:
    """What a letter is.

    Attributes:
        kind: in words, such as "Job request".
        job_id: of the job that it is about, if of one.
        user_id: of the account that it is about, where the letter says so.
    """

    kind: str
    job_id: str | None = None
    user_id: str | None = None


def facts_of(queue_name: str, body: str) -> LetterFacts:
    """Return what a message of a queue is about."""
    try:
        message = PARSERS[queue_name](body)
    except BadMessage:
        return LetterFacts(UNREADABLE)
    kind = _WORD.sub(" ", type(message).__name__).capitalize()
    if isinstance(message, RestoreCompleted):
        keys = (_USERS_KEY.match(record.key) for record in message.records)
        [found] = [key.groupdict() for key in keys if key][:1] or [{}]
        return LetterFacts(kind, found.get("job_id"), found.get("user_id"))
    return LetterFacts(kind, getattr(message, "job_id", None), getattr(message, "user_id", None))
