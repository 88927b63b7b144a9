"""Progress reaches the job when it should, and the word to stop gets through."""

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from runtime.annotator.progress import (
    INTERVAL_SECONDS,
    WATCH_SECONDS,
    CancelRequested,
    JobProgress,
    Stopping,
)
from runtime.common.delivery import Delivery
from runtime.common.jobs import Claim, LeaseLost
from tests.jobs import JobStore
from tests.unit.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@pytest.fixture
def jobs(annotations_table: "Table") -> JobStore:
    return JobStore(annotations_table, Clock())


@pytest.fixture
def claim(jobs: JobStore) -> Claim:
    jobs.submit()
    return jobs.claim("job-1", lease_seconds=60)


def test_should_write_progress_once_an_interval_and_only_when_it_rose(
    jobs: JobStore, claim: Claim, delivery: Delivery
) -> None:
    clock = Clock()
    progress = JobProgress(jobs, claim, delivery, clock)
    seen = []
    for percent in (1, 2, 3, 3, 9):
        progress(percent)
        seen.append(jobs.require("job-1").progress)
        clock.advance(INTERVAL_SECONDS * 0.6)

    assert seen == [0, 0, 3, 3, 9]


def test_should_show_progress_at_least_once_a_second() -> None:
    assert INTERVAL_SECONDS <= 1


def test_should_stop_the_work_when_the_delivery_is_stopping(
    jobs: JobStore, claim: Claim, delivery: Delivery
) -> None:
    delivery.stopping.set()

    with pytest.raises(Stopping):
        JobProgress(jobs, claim, delivery)(5)


def test_should_stop_the_work_when_the_lease_is_lost(
    jobs: JobStore, claim: Claim, delivery: Delivery
) -> None:
    clock = Clock()
    progress = JobProgress(jobs, claim, delivery, clock)
    jobs.release(claim, interrupted=False)
    clock.advance(1)

    with pytest.raises(LeaseLost):
        progress(50)


@pytest.mark.parametrize("percent", [0, 50])
def test_should_hear_within_seconds_when_the_owner_cancels(
    jobs: JobStore, claim: Claim, delivery: Delivery, percent: int
) -> None:
    clock = Clock()
    progress = JobProgress(jobs, claim, delivery, clock)
    clock.advance(WATCH_SECONDS)
    progress(percent)
    jobs.cancel("job-1", "ada")
    progress(percent)
    clock.advance(WATCH_SECONDS)

    with pytest.raises(CancelRequested):
        progress(percent)
    clock.advance(WATCH_SECONDS)
    with pytest.raises(CancelRequested):
        progress.watch()


def test_should_never_show_less_than_before_when_it_watches(
    jobs: JobStore, claim: Claim, delivery: Delivery
) -> None:
    clock = Clock()
    progress = JobProgress(jobs, claim, delivery, clock)
    for percent in (40, 0):
        clock.advance(WATCH_SECONDS)
        progress(percent)
        assert jobs.require("job-1").progress == 40


def test_should_go_on_when_a_write_of_progress_fails(
    jobs: JobStore, claim: Claim, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def throttled(*_args: object) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "UpdateItem")

    clock = Clock()
    progress = JobProgress(jobs, claim, delivery, clock)
    clock.advance(1)
    monkeypatch.setattr(jobs, "set_progress", throttled)
    progress(10)
    monkeypatch.undo()
    clock.advance(1)

    progress(20)

    assert jobs.require("job-1").progress == 20
