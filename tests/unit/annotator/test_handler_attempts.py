"""One job, several deliveries: whose lease holds does the work, and it is done once."""

import threading

import pytest

from runtime.annotator.handler import LEASE_SECONDS
from runtime.common.delivery import Delivery, HandBack
from runtime.common.jobs import MAX_ATTEMPTS, Claim, LeaseLost
from runtime.contract.job_status import FailureKind, JobStatus
from runtime.contract.sqs import VISIBILITY_SECONDS
from tests.unit.annotator.world import REQUEST, UPLOAD, World


@pytest.mark.parametrize("content", [UPLOAD, b"nonsense"])
def test_should_announce_again_and_do_nothing_else_when_an_ended_job_is_redelivered(
    world: World, delivery: Delivery, content: bytes
) -> None:
    world.submit(content)
    world.handler(REQUEST, delivery)
    ended = world.job()
    world.announced()

    world.handler(REQUEST, delivery)

    assert world.job() == ended
    assert world.announced() == [ended.job_status]


def test_should_hand_back_until_the_lease_ends_when_another_attempt_is_at_work(
    world: World, delivery: Delivery
) -> None:
    world.submit()
    world.jobs.claim("job-1", lease_seconds=40)

    with pytest.raises(HandBack) as request:
        world.handler(REQUEST, delivery)

    assert 40 <= request.value.delay_seconds <= 42
    assert world.job().attempt == 1
    assert world.announced() == []


def test_should_take_the_job_over_when_the_attempt_before_died(
    world: World, delivery: Delivery
) -> None:
    world.submit()
    world.jobs.claim("job-1", lease_seconds=LEASE_SECONDS)
    world.clock.advance(LEASE_SECONDS + 1)

    world.handler(REQUEST, delivery)

    job = world.job()
    assert (job.job_status, job.attempt) == (JobStatus.COMPLETED, 2)


def test_should_take_the_job_over_at_the_next_delivery_when_a_process_died_at_once(
    world: World, delivery: Delivery
) -> None:
    world.submit()
    world.clock.advance(1)  # from the delivery, when the visibility timeout begins, to the claim
    world.jobs.claim("job-1", lease_seconds=LEASE_SECONDS)
    world.clock.advance(VISIBILITY_SECONDS - 1)

    world.handler(REQUEST, delivery)

    assert world.job().attempt == 2


def test_should_end_the_job_without_another_attempt_when_it_has_had_three(
    world: World, delivery: Delivery
) -> None:
    world.submit()
    for _ in range(MAX_ATTEMPTS):
        world.jobs.claim("job-1", lease_seconds=LEASE_SECONDS)
        world.clock.advance(LEASE_SECONDS + 1)

    world.interrupted(lambda: pytest.fail("a fourth attempt"))(REQUEST, delivery)

    job = world.job()
    assert (job.job_status, job.failure) == (JobStatus.FAILED, FailureKind.GIVEN_UP)
    assert "3 times" in (job.error or "")
    assert world.announced() == [JobStatus.FAILED]


def test_should_drop_its_work_when_another_attempt_took_the_job_over(
    world: World, delivery: Delivery
) -> None:
    world.submit()
    others: list[Claim] = []

    def take_over() -> None:
        world.clock.advance(LEASE_SECONDS + 1)
        others.append(world.jobs.claim("job-1", lease_seconds=LEASE_SECONDS))

    slow = world.interrupted(take_over)

    with pytest.raises(HandBack):
        slow(REQUEST, delivery)

    assert world.job().job_status == JobStatus.RUNNING
    assert world.announced() == []
    world.jobs.renew(others[0], lease_seconds=LEASE_SECONDS)


def test_should_stop_at_once_when_the_heartbeat_finds_the_lease_lost(world: World) -> None:
    world.submit()
    lost = Delivery(extend=lambda: None, every_seconds=0.01, receive_count=1)

    def take_over() -> None:
        world.ahead.claim("job-1", lease_seconds=LEASE_SECONDS)
        assert lost.stopping.wait(10)

    slow = world.interrupted(take_over)

    with lost.heartbeat(), pytest.raises(HandBack):
        slow(REQUEST, lost)

    job = world.job()
    assert (job.job_status, job.attempt) == (JobStatus.RUNNING, 2)
    assert world.announced() == []


def test_should_renew_the_lease_at_each_heartbeat(world: World) -> None:
    world.submit()
    renewed = threading.Event()
    beating = Delivery(extend=lambda: None, every_seconds=0.01, receive_count=1)

    def wait_for_a_heartbeat() -> None:
        world.clock.advance(30)
        beating.on_heartbeat(renewed.set)
        assert renewed.wait(10)
        lease_until = world.job().lease_until
        assert lease_until == int(world.clock()) + LEASE_SECONDS

    with beating.heartbeat():
        world.interrupted(wait_for_a_heartbeat)(REQUEST, beating)

    assert world.job().job_status == JobStatus.COMPLETED


def test_should_say_lease_lost_when_an_older_attempt_completes_late(
    world: World, delivery: Delivery
) -> None:
    world.submit()
    late = world.jobs.claim("job-1", lease_seconds=LEASE_SECONDS)
    world.clock.advance(LEASE_SECONDS + 1)
    world.handler(REQUEST, delivery)

    with pytest.raises(LeaseLost):
        world.jobs.complete(late, reference_version="1.0.0")


def test_should_release_the_job_and_hand_back_when_the_process_is_to_end(
    world: World, delivery: Delivery
) -> None:
    world.submit()
    stopped = world.interrupted(delivery.stopping.set)

    with pytest.raises(HandBack) as request:
        stopped(REQUEST, delivery)

    assert request.value.delay_seconds == 0
    assert world.job().job_status == JobStatus.PENDING
    assert world.results.keys() == set()
    assert world.announced() == []


def test_should_complete_on_the_next_delivery_when_the_process_ended_before(
    world: World, delivery: Delivery
) -> None:
    world.submit()
    stopped = world.interrupted(delivery.stopping.set)
    with pytest.raises(HandBack):
        stopped(REQUEST, delivery)

    world.handler(REQUEST, Delivery(extend=lambda: None, every_seconds=20, receive_count=2))

    assert world.job().job_status == JobStatus.COMPLETED
