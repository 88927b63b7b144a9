"""The timer of retention: it lives in SQS, as one delayed message a pending archive.

A message that isn't due is sent again with the rest of its delay, at most what SQS allows, and the
old one is deleted: as many as were received, in two calls. Cut off between the two, SQS delivers
the old one again and the job has two messages; the second finds the work done.
"""

import time
from collections.abc import Callable, Iterable
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


def next_delay(due: int, now: float) -> int:
    """Return the seconds to delay a message that is due at `due`: what is left, at most SQS's."""
    return max(0, min(MAX_DELAY_SECONDS, due - int(now)))


@dataclass(frozen=True)
class RetentionTimer:
    """Sets the timers of results that will be archived.

    Args:
        queue: the archive queue.
    """

    queue: Queue
    clock: Callable[[], float] = time.time

    def set(self, timers: Iterable[tuple[JobResult, int]]) -> None:
        """Send each message so that it comes when it is due, or as late as SQS can.

        Args:
            timers: messages, and when the result of each is due, in epoch seconds.

        Raises:
            NotSent: SQS refused some; the others have gone.
        """
        now = self.clock()
        self.queue.send_batch([(message, next_delay(due, now)) for message, due in timers])


@dataclass(frozen=True)
class RequeueNotDue:
    """Prefilter of the archive queue: sends messages again whose job can't be due yet.

    Args:
        free_seconds: the earliest end of retention after a job's completion. What puts it off
            (another role, a return from the archive) the handler looks at when that is over.
    """

    timer: RetentionTimer
    free_seconds: int

    def __call__(self, received: "list[MessageTypeDef]") -> "list[MessageTypeDef]":
        """Send again what isn't due, and delete it; return the other messages.

        Raises:
            NotSent: SQS refused some; nothing was deleted then.
        """
        now = self.timer.clock()
        early = {
            raw["ReceiptHandle"]: (message, due)
            for raw in received
            if (message := _parsed(raw)) and (due := self._due(message)) > now
        }
        if early:
            self.timer.set(early.values())
            self.timer.queue.delete_batch(list(early))
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
