"""Messages that can't be read are set aside once, and keep no others waiting."""

import json
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from runtime.common.delivery import Delivery
from runtime.common.messages import JobRequest
from runtime.common.quarantine import Quarantine
from runtime.common.queues import Queue as RealQueue
from runtime.contract.sqs import BATCH
from tests.emulator import Emulator
from tests.unit.common.working import BODY, run, stop
from tests.unit.measured import Measured
from tests.unit.queues import Queue, create_queue

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

BAD = ["", "no JSON", "{}", '{"job_id": 5}', "\x09é", '{"job_id": "' + "x" * 5_000 + '"}']


@pytest.fixture
def queue(emulator: Emulator) -> Queue:
    return create_queue(emulator)


@pytest.fixture
def quarantine(emulator: Emulator, queue: Queue) -> Quarantine:
    s3 = emulator.session.client("s3", endpoint_url=emulator.endpoint_url)
    bucket = f"inputs-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=bucket)
    return Quarantine(s3, bucket, RealQueue(queue.sqs, queue.url), JobRequest.from_body)


def kept(quarantine: Quarantine) -> list[dict[str, str]]:
    listed = quarantine.s3.list_objects_v2(Bucket=quarantine.bucket, Prefix="quarantine/")
    bodies = [
        quarantine.s3.get_object(Bucket=quarantine.bucket, Key=each["Key"])["Body"].read()
        for each in listed.get("Contents", [])
    ]
    return [each for body in bodies for each in json.loads(body)]


def test_should_set_aside_what_cannot_be_read_and_handle_what_can(
    queue: Queue, quarantine: Quarantine, measured: Measured
) -> None:
    bad = [body for body in BAD if body] * 3
    for body in bad:
        queue.send(body)
    queue.send(BODY)
    handled: list[str] = []

    def handle(message: JobRequest, _delivery: Delivery) -> None:
        handled.append(message.job_id)
        stop()

    run(queue, handle, prefilter=quarantine, at_once=BATCH)

    assert handled == ["j"]
    found = kept(quarantine)
    assert {each["body"] for each in found} <= set(bad)
    assert len(found) + queue.count() == len(bad)
    assert all("not a JobRequest" in each["error"] for each in found)
    assert sum(count for _, count in measured()) == len(found)


def test_should_set_aside_all_of_a_receive_at_once(queue: Queue, quarantine: Quarantine) -> None:
    for number in range(BATCH):
        queue.send(f"no JSON {number}")
    received = queue.sqs.receive_message(QueueUrl=queue.url, MaxNumberOfMessages=BATCH)["Messages"]

    assert quarantine(received) == []

    assert len(kept(quarantine)) == len(received) > 1
    objects = quarantine.s3.list_objects_v2(Bucket=quarantine.bucket)["Contents"]
    assert len(objects) == 1
    assert queue.count() == BATCH - len(received)


def test_should_keep_the_message_and_handle_the_others_when_it_cannot_be_set_aside(
    queue: Queue, quarantine: Quarantine
) -> None:
    queue.send("no JSON")
    nowhere = replace(quarantine, bucket="no-such-bucket")
    [bad] = queue.sqs.receive_message(QueueUrl=queue.url)["Messages"]
    good: MessageTypeDef = {**bad, "MessageId": "good", "Body": BODY}

    assert nowhere([bad, good]) == [good]

    assert queue.count() == 1
    assert kept(quarantine) == []
