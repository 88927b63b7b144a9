"""Sending to a queue."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.common.messages import Message

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

MAX_DELAY_SECONDS = 900
"""The longest that SQS delays a message.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html"""


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
        self.sqs.send_message(
            QueueUrl=self.url, MessageBody=message.to_body(), DelaySeconds=_checked(delay_seconds)
        )


def _checked(delay_seconds: int) -> int:
    if not 0 <= delay_seconds <= MAX_DELAY_SECONDS:
        raise ValueError(f"a delay of {delay_seconds} s is not within 0 to {MAX_DELAY_SECONDS} s")
    return delay_seconds
