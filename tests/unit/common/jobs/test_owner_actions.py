"""What owners do to their jobs: cancel, note, remove; on a real table."""

from collections.abc import Callable

import pytest

from runtime.common.items import ConditionFailed
from runtime.common.job import CANCELLED
from runtime.common.jobs import ClaimRefused, JobEnded, JobMissing, LeaseLost, Wanted
from runtime.contract.job_status import JobStatus
from tests.jobs import JobStore
from tests.unit.clock import Clock
from tests.unit.common.jobs.steps import LEASE, WRITES, Write, complete, open_ids


def test_should_end_at_once_when_a_waiting_job_is_cancelled(store: JobStore, clock: Clock) -> None:
    store.submit()
    job = store.cancel("job-1", "ada")
    assert job == store.get("job-1")
    assert (job.job_status, job.error, job.cancelled) == (JobStatus.FAILED, CANCELLED, True)
    assert job.complete_time == int(clock.now)
    assert open_ids(store) == set()
    with pytest.raises(ClaimRefused):
        store.claim("job-1", lease_seconds=LEASE)


def test_should_end_at_once_when_nobody_works_on_a_running_job(
    store: JobStore, clock: Clock
) -> None:
    store.submit()
    claim = store.claim("job-1", lease_seconds=LEASE)
    clock.advance(LEASE + 1)
    assert store.cancel("job-1", "ada").cancelled
    with pytest.raises(LeaseLost):
        store.set_progress(claim, 3)


def test_should_tell_the_annotator_when_a_running_job_is_cancelled(store: JobStore) -> None:
    store.submit()
    claim = store.claim("job-1", lease_seconds=LEASE)
    job = store.cancel("job-1", "ada")
    assert (job.job_status, job.cancel_requested) == (JobStatus.RUNNING, True)
    store.renew(claim, lease_seconds=LEASE)
    assert store.set_progress(claim, 50).cancel_requested
    assert store.end_cancelled(claim).cancelled


def test_should_complete_when_the_wish_to_cancel_comes_too_late(store: JobStore) -> None:
    store.submit()
    claim = store.claim("job-1", lease_seconds=LEASE)
    store.cancel("job-1", "ada")
    assert complete(store, claim).job_status is JobStatus.COMPLETED


def test_should_find_the_wish_when_a_job_was_handed_back_after_it(store: JobStore) -> None:
    store.submit()
    claim = store.claim("job-1", lease_seconds=LEASE)
    store.cancel("job-1", "ada")
    store.release(claim, interrupted=False)
    assert store.claim("job-1", lease_seconds=LEASE).job.cancel_requested


def test_should_refuse_to_cancel_when_the_job_has_ended(store: JobStore) -> None:
    store.submit()
    done = complete(store, store.claim("job-1", lease_seconds=LEASE))
    with pytest.raises(JobEnded):
        store.cancel("job-1", "ada")
    assert store.get("job-1") == done


def test_should_replace_the_note_and_find_by_it_when_it_is_set(store: JobStore) -> None:
    store.submit(note="first")
    assert store.set_note("job-1", "ada", "  Trio 7, mother  ").note == "Trio 7, mother"
    found = store.list_for_user("ada", wanted=Wanted(text="trio 7"))
    assert [job.job_id for job in found.jobs] == ["job-1"]
    assert store.list_for_user("ada", wanted=Wanted(text="first")).jobs == ()
    assert store.set_note("job-1", "ada", "").note == ""
    assert len(store.set_note("job-1", "ada", "x" * 9999).note) == 500


def test_should_be_gone_for_everybody_when_removed(store: JobStore) -> None:
    store.submit()
    job = store.remove("job-1", "ada")
    assert store.get("job-1") is None
    assert store.list_for_user("ada").jobs == ()
    assert open_ids(store) == set()
    assert store.get_even_removed("job-1") == job
    assert store.remove("job-1", "ada") == job
    refused: list[Callable[[], object]] = [
        lambda: store.require("job-1"),
        lambda: store.claim("job-1", lease_seconds=LEASE),
        lambda: store.fail_abandoned("job-1", attempts=3),
        lambda: store.cancel("job-1", "ada"),
        lambda: store.set_note("job-1", "ada", "no"),
        store.submit,
    ]
    for attempt in refused:
        with pytest.raises(JobMissing):
            attempt()
    assert not store.mark_requested("job-1", not_since=2**40)
    assert store.get_even_removed("job-1") == job


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_should_refuse_the_attempt_when_the_job_is_removed_meanwhile(
    store: JobStore, write: Write
) -> None:
    store.submit()
    claim = store.claim("job-1", lease_seconds=LEASE)
    removed = store.remove("job-1", "ada")
    assert removed.lease_until is not None
    with pytest.raises(LeaseLost):
        write(store, claim)
    assert store.get_even_removed("job-1") == removed


def test_should_free_the_files_when_the_attempt_at_a_removed_job_stops(store: JobStore) -> None:
    store.submit()
    claim = store.claim("job-1", lease_seconds=LEASE)
    store.release_removed(claim)
    assert store.require("job-1").lease_until is not None
    store.remove("job-1", "ada")
    store.release_removed(claim)
    removed = store.get_even_removed("job-1")
    assert removed is not None
    assert removed.lease_until is None


@pytest.mark.parametrize("act", ["cancel", "remove", "set_note", "running"])
def test_should_be_missing_when_the_job_is_another_users(store: JobStore, act: str) -> None:
    store.submit()
    if act == "running":
        store.claim("job-1", lease_seconds=LEASE)
    before = store.get("job-1")
    acts: dict[str, Callable[[], object]] = {
        "cancel": lambda: store.cancel("job-1", "eve"),
        "running": lambda: store.cancel("job-1", "eve"),
        "remove": lambda: store.remove("job-1", "eve"),
        "set_note": lambda: store.set_note("job-1", "eve", "mine now"),
    }
    with pytest.raises(JobMissing):
        acts[act]()
    assert store.get("job-1") == before


def test_should_erase_only_what_was_removed(store: JobStore) -> None:
    store.submit()
    with pytest.raises(ConditionFailed):
        store.erase("job-1")
    store.remove("job-1", "ada")
    store.erase("job-1")
    assert store.get_even_removed("job-1") is None
    store.erase("job-1")
    with pytest.raises(JobMissing):
        store.remove("job-1", "ada")
