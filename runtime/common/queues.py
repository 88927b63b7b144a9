"""Sending to a queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runtime.common import tracing
from runtime.common.messages import Message
from runtime.contract.sqs import BATCH, MAX_DELAY_SECONDS

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class NotSent(Exception):
    """SQS took some messages of a batch and refused others; the text tells of the first."""


@dataclass(frozen=True)
class Queue:
    """One SQS queue."""

    sqs: "SQSClient"
    url: str

    def send(self, message: Message, *, delay_seconds: int = 0) -> None:
        """Send `message`, to be delivered after a delay of 0 to MAX_DELAY_SECONDS.

        Raises:
            ValueError: the delay is longer; AWS would refuse it, the emulator doesn't.
            botocore.exceptions.ClientError: SQS refused it.
            botocore.exceptions.BotoCoreError: SQS could not be reached.
        """
        with tracing.sending(message) as attributes:
            self.sqs.send_message(
                QueueUrl=self.url,
                MessageBody=message.to_body(),
                DelaySeconds=_checked(delay_seconds),
                **attributes,
            )

    def send_batch(self, messages: Sequence[tuple[Message, int]]) -> None:
        """Send messages with the delay of each, in as few calls as SQS allows.

        Raises:
            NotSent: SQS refused some; the others have gone.
            ValueError, botocore.exceptions.ClientError, BotoCoreError: as `send` does.
        """
        for start in range(0, len(messages), BATCH):
            batch = messages[start : start + BATCH]
            with tracing.sending(*(message for message, _ in batch)) as attributes:
                entries: list[Any] = [
                    {
                        "Id": str(number),
                        "MessageBody": message.to_body(),
                        "DelaySeconds": _checked(delay_seconds),
                        **attributes,
                    }
                    for number, (message, delay_seconds) in enumerate(batch)
                ]
                answer = self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries)
            for refused in answer.get("Failed", []):
                raise NotSent(f"{refused['Code']} {refused.get('Message', '')}".strip())

    def delete_batch(self, receipts: Sequence[str]) -> None:
        """Delete up to BATCH received messages. One that SQS doesn't delete comes again."""
        self.sqs.delete_message_batch(
            QueueUrl=self.url,
            Entries=[
                {"Id": str(number), "ReceiptHandle": receipt}
                for number, receipt in enumerate(receipts)
            ],
        )


def _checked(delay_seconds: int) -> int:
    if not 0 <= delay_seconds <= MAX_DELAY_SECONDS:
        raise ValueError(f"a delay of {delay_seconds} s is not within 0 to {MAX_DELAY_SECONDS} s")
    return delay_seconds
