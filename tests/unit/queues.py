"""Queues with a dead-letter queue, as the stacks make them, on the emulator."""

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from runtime.contract.sqs import BATCH
from tests.emulator import Emulator

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef


@dataclass(frozen=True)
class Queue:
    """A queue and its dead-letter queue."""

    sqs: "SQSClient"
    url: str
    arn: str
    dead_letter_url: str

    def send(self, body: str) -> None:
        """Send one message."""
        self.sqs.send_message(QueueUrl=self.url, MessageBody=body)

    def take(self) -> list[str]:
        """Take off what can be received now, and return the bodies."""
        bodies: list[str] = []
        while found := self._receive():
            entries = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(found)
            ]
            self.sqs.delete_message_batch(QueueUrl=self.url, Entries=entries)  # type: ignore[arg-type]
            bodies += [message["Body"] for message in found]
        return bodies

    def take_all(self) -> list[str]:
        """Take off all messages, those that are delayed as well, and return the bodies.

        When some are delayed, nobody else may be sending.
        """
        if not self.count_delayed():
            return self.take()
        url = f"{self.sqs.meta.endpoint_url}/_ministack/sqs/messages"
        answer = httpx.get(url, params={"QueueUrl": self.url}, timeout=30).json()["messages"]
        self.sqs.purge_queue(QueueUrl=self.url)
        return [
            message["Body"]
            for regions in answer.values()
            for queues in regions.values()
            for messages in queues.values()
            for message in messages
        ]

    def _receive(self) -> "list[MessageTypeDef]":
        answer = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=BATCH)
        return answer.get("Messages", [])

    def dead_letters(self) -> list[str]:
        """Return the bodies of up to ten messages of the dead-letter queue."""
        answer = self.sqs.receive_message(
            QueueUrl=self.dead_letter_url, MaxNumberOfMessages=10, WaitTimeSeconds=1
        )
        return [message["Body"] for message in answer.get("Messages", [])]

    def count(self) -> int:
        """Return how many messages the queue holds, those in flight included."""
        answer = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])
        attributes = answer["Attributes"]
        visible = int(attributes["ApproximateNumberOfMessages"])
        return visible + int(attributes["ApproximateNumberOfMessagesNotVisible"])

    def count_delayed(self) -> int:
        """Return how many messages aren't delivered yet."""
        answer = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])
        return int(answer["Attributes"]["ApproximateNumberOfMessagesDelayed"])


def create_queue(emulator: Emulator, *, max_receive_count: int = 3) -> Queue:
    """Create a queue whose messages end in its dead-letter queue after so many receives."""
    sqs = emulator.session.client("sqs", endpoint_url=emulator.endpoint_url)
    name = uuid.uuid4().hex
    dead_letter_url = sqs.create_queue(QueueName=f"{name}_dlq")["QueueUrl"]
    redrive = {
        "deadLetterTargetArn": _arn(sqs, dead_letter_url),
        "maxReceiveCount": max_receive_count,
    }
    url = sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": json.dumps(redrive)})[
        "QueueUrl"
    ]
    return Queue(sqs=sqs, url=url, arn=_arn(sqs, url), dead_letter_url=dead_letter_url)


def _arn(sqs: "SQSClient", url: str) -> str:
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return answer["Attributes"]["QueueArn"]
