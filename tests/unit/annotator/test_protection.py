"""An instance is kept from scale-in while it works on a long job, and not a moment longer."""

import threading

import pytest
from botocore.exceptions import ClientError

from runtime.annotator.protection import Protected
from runtime.common.delivery import Delivery
from runtime.common.messages import JobRequest

JOB = JobRequest(job_id="j")


class Instance:
    """Notes how it is protected; refuses as often as told."""

    def __init__(self) -> None:
        self.calls: list[bool] = []
        self.refusals = 0
        self.group_is_ending = False

    def is_ending(self) -> bool:
        return self.group_is_ending

    def protect(self, protected: bool) -> None:
        if self.refusals:
            self.refusals -= 1
            raise ClientError({"Error": {"Code": "Throttling"}}, "SetInstanceProtection")
        self.calls.append(protected)


def deliver(handler: Protected, *, beats: bool) -> None:
    """Deliver the job, with a heartbeat if the handler takes long enough for one."""
    delivery = Delivery(extend=lambda: None, every_seconds=0.01 if beats else 3600, receive_count=1)
    with delivery.heartbeat():
        handler(JOB, delivery)


def protected(instance: Instance, *, until_calls: int = 0, fails: bool = False) -> Protected:
    """A handler that works until its instance was told so often."""

    def work(_message: JobRequest, delivery: Delivery) -> None:
        while len(instance.calls) < until_calls:
            delivery.stopping.wait(0.01)
        if fails:
            raise RuntimeError("boom")

    return Protected(work, instance)  # type: ignore[arg-type]


def test_should_make_no_call_when_a_job_is_short() -> None:
    instance = Instance()
    deliver(protected(instance), beats=False)
    assert instance.calls == []


@pytest.mark.parametrize("fails", [False, True])
def test_should_protect_while_it_works_when_a_job_is_long(fails: bool) -> None:
    instance = Instance()
    handler = protected(instance, until_calls=1, fails=fails)
    if fails:
        with pytest.raises(RuntimeError, match="boom"):
            deliver(handler, beats=True)
    else:
        deliver(handler, beats=True)
    assert instance.calls == [True, False]


def test_should_stay_released_when_a_heartbeat_comes_after_the_end() -> None:
    instance = Instance()
    beaten = threading.Semaphore(0)
    delivery = Delivery(extend=beaten.release, every_seconds=0.01, receive_count=1)
    with delivery.heartbeat():
        protected(instance, until_calls=1)(JOB, delivery)
        while beaten.acquire(blocking=False):
            pass
        assert all(beaten.acquire(timeout=30) for _ in range(2))  # one was begun before, perhaps
    assert instance.calls == [True, False]


def test_should_try_again_at_the_next_heartbeat_when_protection_is_refused() -> None:
    instance = Instance()
    instance.refusals = 2
    deliver(protected(instance, until_calls=1), beats=True)
    assert instance.calls == [True, False]


def test_should_release_before_the_next_poll_when_that_was_refused() -> None:
    instance = Instance()

    def work(_message: JobRequest, delivery: Delivery) -> None:
        while not instance.calls:
            delivery.stopping.wait(0.01)
        instance.refusals = 1

    handler = Protected(work, instance)  # type: ignore[arg-type]
    deliver(handler, beats=True)
    assert instance.calls == [True]
    handler.release()
    handler.release()
    assert instance.calls == [True, False]


def test_should_give_protection_up_during_the_job_when_its_group_is_deleted() -> None:
    instance = Instance()

    def work(_message: JobRequest, delivery: Delivery) -> None:
        while not instance.calls:
            delivery.stopping.wait(0.01)
        instance.group_is_ending = True
        while len(instance.calls) < 2:
            delivery.stopping.wait(0.01)

    deliver(Protected(work, instance), beats=True)  # type: ignore[arg-type]
    assert instance.calls == [True, False]
