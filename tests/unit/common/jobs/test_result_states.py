"""Where a result is: each change on the state and the epoch that its writer has seen."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from runtime.common.job import Job, ResultState
from runtime.common.jobs.result_states import ResultStates, StateChanged
from tests.jobs import JobStore
from tests.unit.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


VERSIONS = {"vcf": "version-1", "parquet": "version-2"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(annotations_table: "Table", clock: Clock) -> JobStore:
    return JobStore(annotations_table, clock)


@pytest.fixture
def states(annotations_table: "Table", clock: Clock) -> ResultStates:
    return ResultStates(annotations_table, clock)


@pytest.fixture
def available(jobs: JobStore) -> Job:
    jobs.submit()
    claim = jobs.claim("job-1", lease_seconds=60)
    return jobs.complete(claim, reference_version="1.0.0")


def test_should_go_round_when_nothing_comes_between(
    states: ResultStates, jobs: JobStore, available: Job, clock: Clock
) -> None:
    archived = states.archived(available, VERSIONS)
    assert (archived.result_state, archived.result_epoch) == (ResultState.ARCHIVED, 1)
    assert (archived.archive_versions, archived.archive_time) == (VERSIONS, clock.now)
    restoring = states.restoring(archived, due=int(clock.now) + 300)
    assert (restoring.result_state, restoring.result_epoch) == (ResultState.RESTORING, 2)
    assert states.is_any_restoring("ada")
    assert not states.is_any_restoring("eve")
    clock.advance(60)
    back = states.available(restoring)
    assert (back.result_state, back.result_epoch) == (ResultState.AVAILABLE, 3)
    assert (back.restore_time, back.former_versions) == (clock.now, VERSIONS)
    assert (back.archive_versions, back.restore_due) == ({}, None)
    assert not states.is_any_restoring("ada")
    assert jobs.require("job-1") == back


def test_should_refuse_when_the_state_looks_the_same_an_epoch_later(
    states: ResultStates, jobs: JobStore, available: Job
) -> None:
    restoring = states.restoring(states.archived(available, VERSIONS), due=0)
    back = states.available(restoring)
    with pytest.raises(StateChanged):
        states.archived(available, {"vcf": "version-2"})
    assert not states.still_holds(available)
    assert states.still_holds(back)
    assert jobs.require("job-1") == back


@pytest.mark.parametrize("write", ["archived", "restoring", "available", "extend_deadline"])
def test_should_write_nothing_when_the_job_is_removed(
    states: ResultStates, jobs: JobStore, available: Job, write: str
) -> None:
    archived = states.archived(available, VERSIONS)
    restoring = states.restoring(archived, due=0)
    seen = {"archived": available, "restoring": archived}.get(write, restoring)
    jobs.remove("job-1", "ada")
    before = jobs.get_even_removed("job-1")
    writes: dict[str, Callable[[], object]] = {
        "archived": lambda: states.archived(seen, {"vcf": "version-2"}),
        "restoring": lambda: states.restoring(seen, due=1),
        "available": lambda: states.available(seen),
        "extend_deadline": lambda: states.extend_deadline(seen, due=1),
    }
    with pytest.raises(StateChanged):
        writes[write]()
    assert jobs.get_even_removed("job-1") == before


def test_should_wait_for_nothing_when_a_job_is_removed_while_it_comes_back(
    states: ResultStates, jobs: JobStore, available: Job
) -> None:
    states.restoring(states.archived(available, VERSIONS), due=0)
    assert states.is_any_restoring("ada")
    jobs.remove("job-1", "ada")
    assert not states.is_any_restoring("ada")
    assert list(states.overdue()) == []


def test_should_list_what_is_overdue_alone(
    states: ResultStates, available: Job, clock: Clock
) -> None:
    restoring = states.restoring(states.archived(available, VERSIONS), due=int(clock.now) + 300)
    clock.advance(300)
    assert list(states.overdue()) == []
    clock.advance(1)
    assert list(states.overdue()) == [("ada", "job-1")]
    states.extend_deadline(restoring, due=int(clock.now) + 60)
    assert list(states.overdue()) == []


def test_should_count_jobs_without_an_epoch_as_at_its_beginning(
    states: ResultStates, annotations_table: "Table", available: Job
) -> None:
    annotations_table.update_item(Key={"job_id": "job-1"}, UpdateExpression="REMOVE result_epoch")
    assert states.archived(available, VERSIONS).result_epoch == 1
