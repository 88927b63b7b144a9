"""The polling loop that takes several messages: a batch at once, or through a prefilter."""

import threading
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from runtime.common.delivery import Delivery, HandBack
from runtime.common.messages import JobRequest
from runtime.common.queues import NotSent
from runtime.contract.sqs import BATCH
from tests.emulator import Emulator
from tests.unit.common.working import BODY, run, stop
from tests.unit.queues import Queue, create_queue


@pytest.fixture
def queue(emulator: Emulator) -> Queue:
    return create_queue(emulator)


def send_several(queue: Queue, count: int) -> None:
    for number in range(count):
        queue.send(JobRequest(job_id=f"j{number}").to_body())


def test_should_handle_what_the_sieve_leaves_when_it_takes_a_batch(queue: Queue) -> None:
    batches: list[int] = []
    seen: list[str] = []

    def prefilter(messages: list[Any]) -> list[Any]:
        batches.append(len(messages))
        return [message for message in messages if "good" in message["Body"]]

    def handle(message: JobRequest, _delivery: Delivery) -> None:
        seen.append(message.job_id)
        if len(seen) == 2:
            stop()

    for name in ("good-1", "early-1", "good-2", "early-2"):
        queue.send(JobRequest(job_id=name).to_body())
    run(queue, handle, prefilter=prefilter, at_once=BATCH)
    assert batches == [4]
    assert sorted(seen) == ["good-1", "good-2"]
    assert queue.count() == 2


def test_should_handle_all_of_a_batch_at_once_when_it_may(queue: Queue) -> None:
    together = threading.Barrier(3)

    def handle(_message: JobRequest, _delivery: Delivery) -> None:
        if together.wait(30) == 0:
            stop()

    send_several(queue, 3)
    run(queue, handle, at_once=BATCH)
    assert queue.count() == 0


def test_should_finish_the_others_of_a_batch_when_one_fails(queue: Queue) -> None:
    done: list[str] = []

    def handle(message: JobRequest, _delivery: Delivery) -> None:
        if message.job_id == "j0":
            raise RuntimeError("boom")
        done.append(message.job_id)
        if len(done) == 2:
            stop()

    send_several(queue, 3)
    run(queue, handle, at_once=BATCH)
    assert sorted(done) == ["j1", "j2"]
    assert queue.count() == 1


def test_should_poll_on_when_sqs_refuses_to_delete_one_of_a_batch(queue: Queue) -> None:
    handled: list[str] = []
    refuse = iter([True])

    def deleting(**_: object) -> None:
        if next(refuse, False):
            raise EndpointConnectionError(endpoint_url=queue.url)

    queue.sqs.meta.events.register("before-call.sqs.DeleteMessage", deleting)

    def handle(message: JobRequest, _delivery: Delivery) -> None:
        handled.append(message.job_id)
        if len(handled) == 3:
            stop()

    send_several(queue, 2)
    run(queue, handle, at_once=BATCH, visibility_seconds=2)
    assert len(handled) == 3  # one of them again
    assert queue.count() == 0


def test_should_hand_a_batch_back_when_stopped_before_it_begins(queue: Queue) -> None:
    def prefilter(messages: list[Any]) -> list[Any]:
        stop()
        return messages

    def handle(_message: JobRequest, _delivery: Delivery) -> None:
        raise AssertionError("the process is to end")

    send_several(queue, 3)
    run(queue, handle, prefilter=prefilter, at_once=BATCH, visibility_seconds=600)
    answer = queue.sqs.receive_message(QueueUrl=queue.url, MaxNumberOfMessages=BATCH)
    assert len(answer["Messages"]) == 3


def test_should_hand_all_of_a_batch_back_when_the_grace_is_over(queue: Queue) -> None:
    together = threading.Barrier(2)

    def handle(_message: JobRequest, delivery: Delivery) -> None:
        if together.wait(30) == 0:
            stop()
        assert delivery.stopping.wait(30)
        raise HandBack(0, "stopping")

    send_several(queue, 2)
    run(queue, handle, at_once=BATCH, drain_seconds=0.1, visibility_seconds=600)
    answer = queue.sqs.receive_message(QueueUrl=queue.url, MaxNumberOfMessages=BATCH)
    assert len(answer["Messages"]) == 2


def test_should_keep_a_whole_batch_invisible_when_one_takes_long(queue: Queue) -> None:
    begun = threading.Barrier(2)

    def handle(message: JobRequest, _delivery: Delivery) -> None:
        begun.wait(30)
        threading.Event().wait(3)
        assert "Messages" not in queue.sqs.receive_message(QueueUrl=queue.url)
        if message.job_id == "j0":
            stop()

    send_several(queue, 2)
    run(queue, handle, at_once=BATCH, visibility_seconds=2)
    assert queue.count() == 0


def test_should_poll_on_when_the_sieve_could_not_send(queue: Queue) -> None:
    turns: list[int] = []

    def prefilter(messages: list[Any]) -> list[Any]:
        turns.append(len(messages))
        if len(turns) == 1:
            raise NotSent("InternalError")
        return messages

    queue.send(BODY)
    run(queue, lambda _message, _delivery: stop(), prefilter=prefilter, visibility_seconds=1)
    assert len([turn for turn in turns if turn]) == 2
    assert queue.count() == 0
