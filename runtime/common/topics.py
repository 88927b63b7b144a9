"""Publishing to a topic."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.common.messages import Message

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


@dataclass(frozen=True)
class Topic:
    """One SNS topic; its queues take the message raw."""

    sns: "SNSClient"
    arn: str

    def publish(self, message: Message) -> None:
        """Publish `message`.

        Raises:
            botocore.exceptions.ClientError: SNS refused it.
            botocore.exceptions.BotoCoreError: SNS could not be reached.
        """
        self.sns.publish(TopicArn=self.arn, Message=message.to_body())
