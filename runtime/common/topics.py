"""Publishing to a topic."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runtime.common import tracing
from runtime.common.messages import Message

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


@dataclass(frozen=True)
class Topic:
    """One SNS topic; its queues take the message raw."""

    sns: "SNSClient"
    arn: str

    def publish(self, message: Message, *, of_user: str | None = None) -> None:
        """Publish `message`.

        Args:
            of_user: whose it is. SQS then keeps the messages of one user from delaying those of
                others: the id is the message group that its fair queues go by, which SNS hands on.
                https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html

        Raises:
            botocore.exceptions.ClientError: SNS refused it.
            botocore.exceptions.BotoCoreError: SNS could not be reached.
        """
        group: Any = {"MessageGroupId": of_user} if of_user else {}
        with tracing.sending(message) as attributes:
            self.sns.publish(TopicArn=self.arn, Message=message.to_body(), **group, **attributes)
