"""The polling loop, on a real queue, stopped by real signals."""

import threading
from pathlib import Path

import pytest

from runtime.common.delivery import Delivery, HandBack
from runtime.common.messages import JobRequest
from tests.emulator import Emulator
from tests.notified import notified
from tests.unit.common.working import BODY, run, stop
from tests.unit.queues import Queue, create_queue


@pytest.fixture
def queue(emulator: Emulator) -> Queue:
    return create_queue(emulator)


def test_should_delete_the_message_when_handled(queue: Queue) -> None:
    seen: list[str] = []

    def handle(message: JobRequest, _delivery: Delivery) -> None:
        seen.append(message.job_id)
        stop()

    queue.send(BODY)
    run(queue, handle)
    assert seen == ["j"]
    assert queue.count() == 0


def test_should_leave_the_long_poll_when_stopped_in_it(queue: Queue) -> None:
    polls_that_ended: list[object] = []
    queue.sqs.meta.events.register(
        "after-call.sqs.ReceiveMessage", lambda **answer: polls_that_ended.append(answer)
    )

    def handle(_message: JobRequest, _delivery: Delivery) -> None:
        raise AssertionError("there is no message")

    timer = threading.Timer(0.5, stop)
    timer.start()
    run(queue, handle)
    timer.join()
    assert polls_that_ended == []


def test_should_end_at_once_when_stopped_while_it_waits_to_poll_again(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.common.worker._backoff", lambda *_, **__: 3600)
    queue.sqs.delete_queue(QueueUrl=queue.url)

    def handle(_message: JobRequest, _delivery: Delivery) -> None:
        raise AssertionError("there is no queue")

    timer = threading.Timer(2, stop)
    timer.start()
    run(queue, handle)
    timer.join()


def test_should_deliver_again_when_handed_back(queue: Queue) -> None:
    receives: list[int] = []

    def handle(_message: JobRequest, delivery: Delivery) -> None:
        receives.append(delivery.receive_count)
        if len(receives) == 1:
            raise HandBack(0, "not now")
        stop()

    queue.send(BODY)
    run(queue, handle)
    assert receives == [1, 2]
    assert queue.count() == 0


def test_should_live_and_leave_it_to_the_dead_letter_queue_when_a_handler_fails(
    queue: Queue,
) -> None:
    failures = 0

    def handle(message: JobRequest, _delivery: Delivery) -> None:
        nonlocal failures
        if message.job_id == "good":
            stop()
            return
        failures += 1
        if failures == 3:
            queue.send(JobRequest(job_id="good").to_body())
        raise RuntimeError("boom")

    queue.send(BODY)
    run(queue, handle)
    assert failures == 3
    # The queue moves the message when it would be received once more.
    _receive_until_empty(queue)
    assert queue.dead_letters() == [BODY]


def test_should_live_and_leave_it_to_the_dead_letter_queue_when_a_body_is_bad(
    emulator: Emulator,
) -> None:
    queue = create_queue(emulator, max_receive_count=1)

    def handle(_message: JobRequest, _delivery: Delivery) -> None:
        stop()

    queue.send("not json")
    queue.send(BODY)
    run(queue, handle)
    _receive_until_empty(queue)
    assert queue.dead_letters() == ["not json"]


def test_should_stay_invisible_to_others_while_the_handler_runs(queue: Queue) -> None:
    others: list[object] = []

    def handle(_message: JobRequest, _delivery: Delivery) -> None:
        for _ in range(3):
            answer = queue.sqs.receive_message(QueueUrl=queue.url, WaitTimeSeconds=1)
            others.extend(answer.get("Messages", []))
        stop()

    queue.send(BODY)
    run(queue, handle, visibility_seconds=2)
    assert others == []
    assert queue.count() == 0


def test_should_call_back_at_each_heartbeat_and_stop_when_told_that_the_work_is_lost(
    queue: Queue,
) -> None:
    beats: list[int] = []
    stopped: list[bool] = []

    def beat() -> None:
        beats.append(1)
        if len(beats) == 2:
            raise RuntimeError("lost")

    def handle(_message: JobRequest, delivery: Delivery) -> None:
        delivery.on_heartbeat(beat)
        stopped.append(delivery.stopping.wait(30))
        stop()

    queue.send(BODY)
    run(queue, handle, visibility_seconds=1)
    assert stopped == [True]
    assert len(beats) >= 2


def test_should_finish_the_message_in_hand_when_stopped(queue: Queue) -> None:
    done: list[bool] = []

    def handle(_message: JobRequest, delivery: Delivery) -> None:
        stop()
        done.append(not delivery.stopping.wait(1))

    queue.send(BODY)
    queue.send(BODY)
    run(queue, handle)
    assert done == [True]
    assert queue.count() == 1


def test_should_hand_back_when_the_grace_is_over(queue: Queue) -> None:
    def handle(_message: JobRequest, delivery: Delivery) -> None:
        stop()
        assert delivery.stopping.wait(30)
        raise HandBack(0, "stopping")

    queue.send(BODY)
    run(queue, handle, drain_seconds=0.1)
    answer = queue.sqs.receive_message(QueueUrl=queue.url, WaitTimeSeconds=1)
    assert [message["Body"] for message in answer["Messages"]] == [BODY]


def test_should_tell_systemd_that_it_is_ready_and_lives_when_it_polls_and_when_it_works(
    queue: Queue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with notified(tmp_path) as systemd:
        monkeypatch.setenv("NOTIFY_SOCKET", str(systemd.path))

        def handle(_message: JobRequest, _delivery: Delivery) -> None:
            assert systemd.all() == ["READY=1", "WATCHDOG=1"]
            assert systemd.next(seconds=30) == "WATCHDOG=1"  # by the heartbeat
            stop()

        queue.send(BODY)
        run(queue, handle, visibility_seconds=1)
    assert queue.count() == 0


def _receive_until_empty(queue: Queue) -> None:
    """Wait until no message is left, in flight ones included: each has been moved by then."""
    while queue.count():
        answer = queue.sqs.receive_message(QueueUrl=queue.url, WaitTimeSeconds=1)
        assert "Messages" not in answer
