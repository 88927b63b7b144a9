"""The polling loop of every process that takes messages; it knows nothing of what they mean.

Long poll, handle while a heartbeat extends the visibility timeout, delete: one message at a time,
or several at once where most of the time is waiting for AWS. A prefilter can put some off first.
SIGTERM drains: no more polling, what is in hand is finished, or handed back after a grace.
"""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, Generic, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from runtime.common import systemd, tracing
from runtime.common.delivery import Delivery, HandBack
from runtime.common.log import bound, get_logger
from runtime.common.messages import BadMessage
from runtime.common.queues import NotSent
from runtime.common.stop_signals import Stopped, StopSignals
from runtime.contract.sqs import LONG_POLL_SECONDS, MAX_VISIBILITY_SECONDS, VISIBILITY_SECONDS

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

DRAIN_SECONDS = 20.0
"""After SIGTERM, how long a handler may go on before it is told to hand its message back."""

MAX_BACKOFF_SECONDS = 900

M = TypeVar("M")
log = get_logger(__name__)


class Worker(Generic[M]):
    """Polls one queue and hands each message to a handler.

    Args:
        sqs: SQS client whose read timeout is longer than the long poll.
        queue_url: the queue.
        parse: makes a message of a body; raises BadMessage.
        handler: does what the message asks. When it returns, the message is deleted. When it
            raises HandBack, or anything else, the message becomes visible again later; the
            queue's maxReceiveCount moves it to the dead-letter queue in the end.
        between_polls: called before each poll, at least every LONG_POLL_SECONDS when idle.
        prefilter: takes what was received, and returns what is to be handled. It has sent
            again and deleted the other messages.
        at_once: how many messages are taken and handled at the same time, up to BATCH; the next
            ones are taken when all are done. With more than one, threads share the handler.
    """

    def __init__(
        self,
        *,
        sqs: "SQSClient",
        queue_url: str,
        parse: Callable[[str], M],
        handler: Callable[[M, Delivery], None],
        between_polls: Callable[[], None] | None = None,
        prefilter: "Callable[[list[MessageTypeDef]], list[MessageTypeDef]] | None" = None,
        at_once: int = 1,
        visibility_seconds: int = VISIBILITY_SECONDS,
        drain_seconds: float = DRAIN_SECONDS,
    ) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self._parse = parse
        self._handler = handler
        self._between_polls = between_polls
        self._prefilter = prefilter
        self._at_once = at_once
        self._visibility_seconds = visibility_seconds
        self._drain_seconds = drain_seconds
        self._signals = StopSignals()
        self._failures = 0
        self._in_hand: list[Delivery] = []

    def run(self) -> None:
        """Poll until SIGTERM or SIGINT. To be called in the main thread, where signals arrive."""
        self._signals.take(self._end_grace)
        log.info("polling", queue_url=self._queue_url)
        systemd.ready()
        try:
            while not self._signals.asked:
                self._turn()
        except Stopped:
            pass  # in a poll or between two: nothing is in hand
        log.info("stopped")

    def _turn(self) -> None:
        systemd.alive()
        try:
            if self._between_polls is not None:
                self._between_polls()
            self._take(self._receive())
            self._failures = 0
        except (ClientError, BotoCoreError, NotSent):
            self._failures += 1
            log.exception("polling failed, trying again")
            with self._signals.interruptible():
                time.sleep(_backoff(self._failures, cap=30))

    def _take(self, messages: "list[MessageTypeDef]") -> None:
        """Handle what was received; what is left when the process is to end is handed back."""
        due = messages if self._prefilter is None else self._prefilter(messages)
        if self._signals.asked:
            for message in due:
                self._set_visibility(message["ReceiptHandle"], 0)
        elif len(due) > 1:
            self._handle_at_once(due)
        else:
            for message in due:
                self._handle(message)

    def _handle_at_once(self, messages: "list[MessageTypeDef]") -> None:
        with ThreadPoolExecutor(len(messages), thread_name_prefix="handler") as pool:
            # Each has a context of its own for the fields of its log lines.
            handled = [pool.submit(copy_context().run, self._handle, each) for each in messages]
        faults = [fault for each in handled if (fault := each.exception()) is not None]
        for fault in faults[1:]:
            log.error("could not see to a message", exc_info=fault)
        if faults:
            raise faults[0]

    def _receive(self) -> "list[MessageTypeDef]":
        with self._signals.interruptible():
            answer = self._sqs.receive_message(
                QueueUrl=self._queue_url,
                MaxNumberOfMessages=self._at_once,
                WaitTimeSeconds=LONG_POLL_SECONDS,
                VisibilityTimeout=self._visibility_seconds,
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
                **tracing.wanted_attributes(),
            )
        return answer.get("Messages", [])

    def _handle(self, raw: "MessageTypeDef") -> None:
        receipt = raw["ReceiptHandle"]
        receives = int(raw["Attributes"]["ApproximateReceiveCount"])
        delivery = Delivery(
            extend=lambda: self._set_visibility(receipt, self._visibility_seconds),
            every_seconds=self._visibility_seconds / 3,
            receive_count=receives,
        )
        # What has held its message for longer than SQS lets anybody hangs: the watchdog's turn.
        delivery.on_heartbeat(systemd.Pulse(MAX_VISIBILITY_SECONDS))
        self._in_hand.append(delivery)
        with bound(message_id=raw["MessageId"], receive_count=receives):
            try:
                message = self._parse(raw["Body"])
                with tracing.handling(message, raw), delivery.heartbeat():
                    self._handler(message, delivery)
            except HandBack as request:
                log.info("handed back", reason=request.reason, delay_seconds=request.delay_seconds)
                self._set_visibility(receipt, request.delay_seconds)
            except BadMessage as error:
                # The error says all: where it was raised tells nothing of the message.
                log.error("bad message", error=str(error), body=raw["Body"][:1000])  # noqa: TRY400
                self._set_visibility(receipt, int(_backoff(receives)))
            except Exception:
                # Whatever a handler raises must not end the loop: the message is tried again,
                # and what fails each time ends in the dead-letter queue.
                log.exception("handler failed")
                self._set_visibility(receipt, int(_backoff(receives)))
            else:
                self._sqs.delete_message(QueueUrl=self._queue_url, ReceiptHandle=receipt)
            finally:
                self._in_hand.remove(delivery)

    def _set_visibility(self, receipt: str, seconds: int) -> None:
        self._sqs.change_message_visibility(
            QueueUrl=self._queue_url, ReceiptHandle=receipt, VisibilityTimeout=seconds
        )

    def _end_grace(self) -> None:
        """Wait for the grace that began with the signal, then have what is in hand handed back."""
        time.sleep(self._drain_seconds)
        for delivery in tuple(self._in_hand):
            delivery.stopping.set()


def _backoff(failures: int, cap: float = MAX_BACKOFF_SECONDS) -> float:
    """Return seconds to wait after so many failures: doubling, capped, with full jitter.

    https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
    """
    return 1 + random.uniform(0, min(cap, 2.0 ** min(failures, 10)))  # noqa: S311 - not a secret
