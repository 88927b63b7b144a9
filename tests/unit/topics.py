"""Topics with a queue behind them, so that a test reads what was published."""

import json
import uuid
from dataclasses import dataclass

from runtime.common.topics import Topic
from tests.emulator import Emulator
from tests.unit.queues import Queue, create_queue


@dataclass(frozen=True)
class ReadableTopic:
    """A topic, and the queue that gets its messages raw."""

    topic: Topic
    queue: Queue

    def published(self) -> list[str]:
        """Return the bodies published since the last call, up to ten."""
        sqs, url = self.queue.sqs, self.queue.url
        bodies = []
        while messages := sqs.receive_message(QueueUrl=url).get("Messages"):
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                bodies.append(message["Body"])
        return bodies

    def groups(self) -> list[str]:
        """Return the message groups of those published since the last call, up to ten."""
        sqs, url = self.queue.sqs, self.queue.url
        answer = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["MessageGroupId"]
        )
        messages = answer.get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [message.get("Attributes", {}).get("MessageGroupId", "") for message in messages]


def create_topic(emulator: Emulator) -> ReadableTopic:
    """Create a topic and subscribe a queue to it, raw message delivery on."""
    sns = emulator.session.client("sns", endpoint_url=emulator.endpoint_url)
    queue = create_queue(emulator)
    arn = sns.create_topic(Name=uuid.uuid4().hex)["TopicArn"]
    queue.sqs.set_queue_attributes(
        QueueUrl=queue.url, Attributes={"Policy": json.dumps(_sender(queue.arn, arn))}
    )
    sns.subscribe(
        TopicArn=arn,
        Protocol="sqs",
        Endpoint=queue.arn,
        Attributes={"RawMessageDelivery": "true"},
    )
    return ReadableTopic(topic=Topic(sns, arn), queue=queue)


def _sender(queue_arn: str, topic_arn: str) -> dict[str, object]:
    """The queue's policy: the topic may send to it."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
