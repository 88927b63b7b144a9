"""The janitor counts the jobs that ended, each hour until it is settled."""

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from runtime.common.figure_items import FigureItems, jobs_of
from runtime.common.job_figures import DayFigures, HourFigures
from runtime.contract.job_status import FailureKind
from runtime.janitor.figures import Figures
from runtime.janitor.job_counter import COUNT_SECONDS, HOUR, SETTLED_SECONDS, JobCounter
from tests.jobs import JobStore
from tests.unit.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

EIGHT = 1_800_000_000
"""15 January 2027, 8:00 UTC."""

DAY, NEXT_DAY = "2027-01-15", "2027-01-16"


@pytest.fixture
def clock() -> Clock:
    return Clock(EIGHT)


@pytest.fixture
def jobs(annotations_table: "Table", clock: Clock) -> JobStore:
    return JobStore(annotations_table, clock)


@pytest.fixture
def figures(ephemeral_table: "Table") -> FigureItems:
    return FigureItems(ephemeral_table)


@pytest.fixture
def counter(jobs: JobStore, figures: FigureItems, clock: Clock) -> JobCounter:
    return JobCounter(jobs, figures, clock)


def end(
    jobs: JobStore,
    clock: Clock,
    job_id: str,
    *,
    seconds: int = 4,
    failure: FailureKind | None = None,
) -> None:
    """Submit a job, which ends so many seconds later."""
    jobs.create(
        job_id=job_id,
        user_id="ada",
        input_file_name="x.vcf",
        s3_inputs_bucket="inputs",
        s3_key_input_file=f"users/ada/{job_id}/x.vcf",
        reference="rcrs",
    )
    claim = jobs.claim(job_id, lease_seconds=60)
    clock.advance(seconds)
    if failure is None:
        jobs.complete(claim, reference_version="1", variants=3)
    else:
        jobs.fail(claim, "It failed.", kind=failure)


def hours(figures: FigureItems, day: str = DAY) -> dict[int, HourFigures]:
    return DayFigures.model_validate(figures.get(jobs_of(day)) or {}).hours


def test_should_count_by_hours_when_jobs_have_ended(
    jobs: JobStore, figures: FigureItems, counter: JobCounter, clock: Clock
) -> None:
    counter()
    end(jobs, clock, "job-1")
    end(jobs, clock, "job-2", failure=FailureKind.INPUT)
    clock.now = EIGHT + HOUR - 10
    end(jobs, clock, "job-3", seconds=40)  # so it ends in the next hour
    counter()
    found = hours(figures)
    assert list(found) == [8, 9]
    assert (found[8].completed, found[8].failed, found[8].variants) == (1, 1, 3)
    assert (found[9].completed, found[9].seconds) == (1, {40: 1})


def test_should_count_no_job_twice_when_an_hour_is_counted_again(
    jobs: JobStore, figures: FigureItems, counter: JobCounter, clock: Clock
) -> None:
    end(jobs, clock, "job-1")
    for _ in range(3):
        counter()
        clock.advance(COUNT_SECONDS)
    assert hours(figures)[8].completed == 1


def test_should_keep_what_was_counted_when_a_job_is_removed_from_a_settled_hour(
    jobs: JobStore,
    figures: FigureItems,
    counter: JobCounter,
    clock: Clock,
    annotations_table: "Table",
) -> None:
    counter()
    end(jobs, clock, "job-1")
    clock.now = EIGHT + HOUR + SETTLED_SECONDS
    counter()
    annotations_table.delete_item(Key={"job_id": "job-1"})
    clock.advance(COUNT_SECONDS)
    counter()
    JobCounter(jobs, figures, clock)()
    assert hours(figures)[8].completed == 1


def test_should_count_what_ended_meanwhile_when_no_janitor_ran_for_days(
    jobs: JobStore, figures: FigureItems, counter: JobCounter, clock: Clock
) -> None:
    counter()
    end(jobs, clock, "job-1")
    clock.advance(24 * HOUR)
    end(jobs, clock, "job-2")
    clock.advance(24 * HOUR)
    JobCounter(jobs, figures, clock)()
    assert hours(figures)[8].completed == 1
    assert hours(figures, NEXT_DAY)[8].completed == 1
    assert len(hours(figures, NEXT_DAY)) == 24
    assert list(hours(figures, "2027-01-17")) == list(range(9))


def test_should_say_nothing_of_the_time_before_when_it_counts_for_the_first_time(
    figures: FigureItems, counter: JobCounter
) -> None:
    counter()
    assert list(hours(figures)) == [8]
    assert hours(figures, "2027-01-14") == {}


def test_should_go_on_later_when_another_janitor_has_written_meanwhile(
    jobs: JobStore, figures: FigureItems, counter: JobCounter, clock: Clock
) -> None:
    counter()
    other = JobCounter(jobs, figures, clock)
    clock.advance(COUNT_SECONDS)
    end(jobs, clock, "job-1")
    read = figures.get

    def get_before_the_other_writes(name: str) -> dict[str, object] | None:
        found = read(name)
        figures.get = read  # type: ignore[method-assign]  # once
        other()
        return found

    figures.get = get_before_the_other_writes  # type: ignore[method-assign]
    counter()
    assert hours(figures)[8].completed == 1
    clock.advance(COUNT_SECONDS)
    counter()
    assert hours(figures)[8].counted_at == clock.now


def test_should_go_on_with_the_next_when_one_counter_fails() -> None:
    called = []

    def refused() -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "Query")

    Figures({"broken": refused, "next": lambda: called.append(1)})()
    assert called == [1]
