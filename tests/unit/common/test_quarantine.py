"""Messages that can't be read are set aside once, and keep no others waiting."""

import json
import uuid
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from runtime.common.delivery import Delivery
from runtime.common.messages import BadMessage, JobRequest
from runtime.common.quarantine import Quarantine
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
def quarantine(emulator: Emulator) -> Quarantine:
    s3 = emulator.session.client("s3", endpoint_url=emulator.endpoint_url)
    bucket = f"inputs-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=bucket)
    return Quarantine(s3, bucket)


def kept(quarantine: Quarantine) -> list[dict[str, str]]:
    listed = quarantine.s3.list_objects_v2(Bucket=quarantine.bucket, Prefix="quarantine/")
    bodies = [
        quarantine.s3.get_object(Bucket=quarantine.bucket, Key=each["Key"])["Body"].read()
        for each in listed.get("Contents", [])
    ]
    return [json.loads(body) for body in bodies]


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

    run(queue, handle, quarantine=quarantine.keep, at_once=BATCH)

    assert handled == ["j"]
    found = kept(quarantine)
    assert {each["body"] for each in found} <= set(bad)
    assert len(found) + queue.count() == len(bad)
    assert all("not a JobRequest" in each["error"] for each in found)
    assert measured() == [("Quarantined", 1)] * len(found)


def test_should_keep_the_message_when_it_cannot_be_set_aside(
    queue: Queue, quarantine: Quarantine
) -> None:
    queue.send("no JSON")

    def refuse(_raw: "MessageTypeDef", _error: BadMessage) -> None:
        stop()
        raise ClientError({"Error": {"Code": "SlowDown", "Message": "later"}}, "PutObject")

    def handle(_message: JobRequest, _delivery: Delivery) -> None:
        raise AssertionError("it can't be read")

    run(queue, handle, quarantine=refuse)

    assert queue.count() == 1
    assert kept(quarantine) == []
