"""Sending to a queue."""

import pytest

from runtime.common.messages import PlanChange
from runtime.common.queues import Queue
from runtime.contract.sqs import MAX_DELAY_SECONDS
from tests.emulator import Emulator
from tests.unit.queues import create_queue

MESSAGE = PlanChange(user_id="ada")


def test_should_arrive_when_sent(emulator: Emulator) -> None:
    queue = create_queue(emulator)
    Queue(queue.sqs, queue.url).send(MESSAGE)
    [message] = queue.sqs.receive_message(QueueUrl=queue.url)["Messages"]
    assert PlanChange.from_body(message["Body"]) == MESSAGE


def test_should_stay_away_when_delayed(emulator: Emulator) -> None:
    queue = create_queue(emulator)
    Queue(queue.sqs, queue.url).send(MESSAGE, delay_seconds=MAX_DELAY_SECONDS)
    assert "Messages" not in queue.sqs.receive_message(QueueUrl=queue.url)
    attributes = queue.sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=["All"])
    assert attributes["Attributes"]["ApproximateNumberOfMessagesDelayed"] == "1"


@pytest.mark.parametrize("delay", [-1, MAX_DELAY_SECONDS + 1])
def test_should_refuse_when_aws_would_refuse_the_delay(emulator: Emulator, delay: int) -> None:
    queue = create_queue(emulator)
    with pytest.raises(ValueError, match="not within 0 to 900 s"):
        Queue(queue.sqs, queue.url).send(MESSAGE, delay_seconds=delay)
