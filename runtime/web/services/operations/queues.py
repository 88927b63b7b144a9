"""The queues of the stage, as operators see them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from runtime.contract.work_queues import WorkQueue
from runtime.web.services.operations.answers import Answer, ask, ask_all
from runtime.web.services.operations.metrics import Metric, Window, read_metrics
from runtime.web.services.operations.operator_aws import OperatorAws

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

AGE_SECONDS = 600
"""CloudWatch has the age of a queue once a minute, some minutes late; one without messages for
hours has none."""

VISIBLE: "QueueAttributeNameType" = "ApproximateNumberOfMessages"
IN_FLIGHT: "QueueAttributeNameType" = "ApproximateNumberOfMessagesNotVisible"
DELAYED: "QueueAttributeNameType" = "ApproximateNumberOfMessagesDelayed"


@dataclass(frozen=True)
class Depth:
    """Messages of a queue, as SQS counts them: approximately."""

    visible: int
    in_flight: int
    delayed: int

    @property
    def all(self) -> int:
        """All messages of the queue."""
        return self.visible + self.in_flight + self.delayed


@dataclass(frozen=True)
class QueueRow:
    """A queue on the page.

    Attributes:
        dead: messages of its dead-letter queue.
        oldest_seconds: age of its oldest message; None if CloudWatch has no figure.
    """

    name: str
    depth: Answer[Depth]
    dead: Answer[Depth]
    oldest_seconds: int | None


@dataclass(frozen=True)
class QueueFigures:
    """Reads the figures."""

    queues: Sequence[WorkQueue]
    operator_aws: OperatorAws
    clock: Callable[[], float] = time.time

    def queue(self, name: str) -> WorkQueue | None:
        """Return the queue of that name; None if the stage has none."""
        return next((queue for queue in self.queues if queue.name == name), None)

    def rows(self, operator_id: str) -> tuple[list[QueueRow], str | None]:
        """Return a row for each queue, and why the ages couldn't be read, if so."""
        ages = ask("The age of the oldest messages", partial(self._ages, operator_id))
        found: list[int | None] = ages.value or [None] * len(self.queues)
        depths = ask_all(
            [
                part
                for queue in self.queues
                for part in (
                    (f"The queue {queue.name}", partial(self._depth, operator_id, queue.url)),
                    (
                        f"The dead-letter queue of {queue.name}",
                        partial(self._depth, operator_id, queue.dlq_url),
                    ),
                )
            ]
        )
        rows = [
            QueueRow(queue.name, live, dead, age)
            for queue, live, dead, age in zip(
                self.queues, depths[::2], depths[1::2], found, strict=True
            )
        ]
        return rows, ages.problem

    def _depth(self, operator_id: str, url: str) -> Depth:
        return depth(self.operator_aws.clients(operator_id).sqs, url)

    def _ages(self, operator_id: str) -> list[int | None]:
        metrics = [
            Metric(
                "AWS/SQS",
                "ApproximateAgeOfOldestMessage",
                {"QueueName": queue_name(queue.url)},
                "Maximum",
            )
            for queue in self.queues
        ]
        window = Window.of_last(AGE_SECONDS, now=self.clock())
        points = read_metrics(self.operator_aws.clients(operator_id).cloudwatch, metrics, window)
        return [int(each[-1][1]) if each else None for each in points]


def depth(sqs: "SQSClient", url: str) -> Depth:
    """Return how many messages a queue has.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: SQS refused or didn't answer.
    """
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[VISIBLE, IN_FLIGHT, DELAYED])[
        "Attributes"
    ]
    return Depth(*(int(found[name]) for name in (VISIBLE, IN_FLIGHT, DELAYED)))


def queue_name(url: str) -> str:
    """Return the name in CloudWatch of the queue at a URL."""
    return url.rpartition("/")[2]
