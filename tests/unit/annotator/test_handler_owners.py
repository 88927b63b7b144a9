"""What an owner wants of a job while it is annotated: an end, or that it be gone."""

import pytest

from runtime.annotator import progress
from runtime.annotator.handler import LEASE_SECONDS
from runtime.common.delivery import Delivery, HandBack
from runtime.common.job import CANCELLED
from runtime.common.jobs import Claim
from runtime.contract.job_status import JobStatus
from tests.unit.annotator.world import REQUEST, World
from tests.unit.measured import Measured


@pytest.fixture
def _watchful(monkeypatch: pytest.MonkeyPatch) -> None:
    """An annotator that looks whether to go on each time it tells its progress."""
    monkeypatch.setattr(progress, "WATCH_SECONDS", 0.0)


@pytest.mark.usefixtures("_watchful")
def test_should_stop_and_end_the_job_when_its_owner_cancels_meanwhile(
    world: World, delivery: Delivery, measured: Measured
) -> None:
    world.submit()

    world.interrupted(lambda: world.jobs.cancel("job-1", "ada"))(REQUEST, delivery)

    job = world.job()
    assert (job.job_status, job.error, job.cancelled) == (JobStatus.FAILED, CANCELLED, True)
    assert world.results.keys() == set()
    assert world.announced() == ["FAILED"]
    assert measured()[1:] == [("Jobs", "FAILED", 1), ("JobFailures", "cancelled", 1)]
    world.handler(REQUEST, delivery)
    assert world.job() == job


def _cancelled(world: World, claim: Claim) -> Claim:
    world.jobs.cancel("job-1", "ada")
    return claim


def test_should_end_the_job_when_the_attempt_before_left_a_wish_to_cancel(
    world: World, delivery: Delivery
) -> None:
    world.submit()
    claim = _cancelled(world, world.jobs.claim("job-1", lease_seconds=LEASE_SECONDS))
    world.jobs.release(claim, interrupted=False)

    world.handler(REQUEST, delivery)

    assert world.job().cancelled
    assert world.results.keys() == set()


@pytest.mark.usefixtures("_watchful")
def test_should_stop_and_release_when_the_job_is_removed_meanwhile(
    world: World, delivery: Delivery
) -> None:
    world.submit()

    with pytest.raises(HandBack):
        world.interrupted(lambda: world.jobs.remove("job-1", "ada"))(REQUEST, delivery)

    removed = world.jobs.get_even_removed("job-1")
    assert removed is not None
    assert removed.lease_until is None
    assert world.results.keys() == set()
    world.handler(REQUEST, delivery)
    assert world.announced() == []


def test_should_release_when_the_heartbeat_finds_the_job_removed(world: World) -> None:
    world.submit()
    gone = Delivery(extend=lambda: None, every_seconds=0.01, receive_count=1)

    def remove() -> None:
        world.jobs.remove("job-1", "ada")
        assert gone.stopping.wait(10)

    with gone.heartbeat(), pytest.raises(HandBack):
        world.interrupted(remove)(REQUEST, gone)

    removed = world.jobs.get_even_removed("job-1")
    assert removed is not None
    assert removed.lease_until is None
