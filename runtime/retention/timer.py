"""The timer of retention: it lives in SQS, as one delayed message a pending archive.

A message that isn't due is sent again with the rest of its delay, at most what SQS allows, and the
old one deleted: so many as were received, in two calls. Cut off between the two, SQS delivers the
old one again and the job has two messages; the second finds the work done.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.common.log import get_logger
from runtime.common.messages import BadMessage, JobResult
from runtime.common.queues import Queue
from runtime.contract.job_status import JobStatus
from runtime.contract.sqs import MAX_DELAY_SECONDS

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

log = get_logger(__name__)


def hop(due: int, now: float) -> int:
    """Return the seconds to delay a message that is due at `due`: the rest, or the longest hop."""
    return max(0, min(MAX_DELAY_SECONDS, due - int(now)))


@dataclass(frozen=True)
class Timer:
    """Keeps messages of the archive queue on their way until their job may be due.

    Args:
        queue: the archive queue.
        free_seconds: the earliest end of retention after a job's completion. What puts it off
            (another role, a way back from the archive) the handler knows, when that is over.
    """

    queue: Queue
    free_seconds: int
    clock: Callable[[], float] = time.time

    def __call__(self, received: "list[MessageTypeDef]") -> "list[MessageTypeDef]":
        """Send again what isn't due, and delete it; return the other messages.

        Raises:
            NotSent: SQS refused some; nothing was deleted then.
        """
        now = self.clock()
        early = {
            raw["ReceiptHandle"]: (message, hop(due, now))
            for raw in received
            if (message := _parsed(raw)) and (due := self._due(message)) > now
        }
        if early:
            self.queue.send_batch(list(early.values()))
            self.queue.delete_batch(list(early))
            log.info("not due yet, sent again", messages=len(early))
        return [raw for raw in received if raw["ReceiptHandle"] not in early]

    def _due(self, message: JobResult) -> int:
        if message.job_status is not JobStatus.COMPLETED:
            return 0
        return message.complete_time + self.free_seconds


def _parsed(raw: "MessageTypeDef") -> JobResult | None:
    """Return the message; None of a bad one, which the loop reports."""
    try:
        return JobResult.from_body(raw["Body"])
    except BadMessage:
        return None
