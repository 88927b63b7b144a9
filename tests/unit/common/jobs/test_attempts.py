"""The life cycle of a job, on a real table."""

import pytest

from runtime.common.job import ResultState
from runtime.common.jobs import MAX_ATTEMPTS, ClaimRefused, JobMissing, LeaseLost
from runtime.contract.job_status import FailureKind, JobStatus
from tests.jobs import JobStore
from tests.unit.clock import Clock
from tests.unit.common.jobs.steps import LEASE, WRITES, Write, complete, open_ids


def test_should_be_pending_and_open_when_created(store: JobStore, clock: Clock) -> None:
    job = store.submit()
    assert store.get("job-1") == job
    assert (job.job_status, job.submit_time) == (JobStatus.PENDING, int(clock.now))
    assert open_ids(store) == {"job-1"}


def test_should_return_the_job_there_is_when_created_twice(store: JobStore, clock: Clock) -> None:
    first = store.submit()
    store.claim("job-1", lease_seconds=LEASE)
    clock.advance(5)
    again = store.submit()
    assert again.submit_time == first.submit_time
    assert again.job_status is JobStatus.RUNNING


def test_should_refuse_when_another_user_creates_the_same_id(store: JobStore) -> None:
    store.submit()
    with pytest.raises(PermissionError):
        store.submit(user_id="bob")


def test_should_run_and_complete_when_claimed(store: JobStore, clock: Clock) -> None:
    store.submit()
    claim = store.claim("job-1", lease_seconds=LEASE)
    assert (claim.attempt, claim.job.job_status) == (1, JobStatus.RUNNING)
    assert claim.job.lease_until == int(clock.now) + LEASE
    store.set_progress(claim, 40)
    assert store.require("job-1").progress == 40
    clock.advance(7)
    done = complete(store, claim)
    assert done == store.get("job-1")
    assert (done.job_status, done.result_state) == (JobStatus.COMPLETED, ResultState.AVAILABLE)
    assert (done.progress, done.complete_time) == (100, int(clock.now))
    assert done.has_log
    assert done.lease_until is None
    assert open_ids(store) == set()


def test_should_keep_the_reason_and_the_log_when_failed(store: JobStore) -> None:
    store.submit()
    claim = store.claim("job-1", lease_seconds=LEASE)
    failed = store.fail(claim, "Line 3 is no record.", has_log=True)
    assert (failed.job_status, failed.error) == (JobStatus.FAILED, "Line 3 is no record.")
    assert failed.has_log
    assert open_ids(store) == set()


def test_should_be_claimed_once_when_the_lease_lives(store: JobStore, clock: Clock) -> None:
    store.submit()
    store.claim("job-1", lease_seconds=LEASE)
    clock.advance(20)
    with pytest.raises(ClaimRefused) as refusal:
        store.claim("job-1", lease_seconds=LEASE)
    assert refusal.value.retry_after == LEASE - 20 + 1


def test_should_be_claimable_when_told_to_retry_after(store: JobStore, clock: Clock) -> None:
    store.submit()
    store.claim("job-1", lease_seconds=LEASE)
    with pytest.raises(ClaimRefused) as refusal:
        store.claim("job-1", lease_seconds=LEASE)
    clock.advance(refusal.value.retry_after or 0)
    assert store.claim("job-1", lease_seconds=LEASE).attempt == 2


def test_should_not_be_claimable_when_ended(store: JobStore) -> None:
    store.submit()
    complete(store, store.claim("job-1", lease_seconds=LEASE))
    with pytest.raises(ClaimRefused) as refusal:
        store.claim("job-1", lease_seconds=LEASE)
    assert refusal.value.retry_after is None
    assert refusal.value.job.job_status is JobStatus.COMPLETED


def test_should_be_missing_when_never_created(store: JobStore) -> None:
    assert store.get("job-1") is None
    with pytest.raises(JobMissing):
        store.claim("job-1", lease_seconds=LEASE)
    with pytest.raises(JobMissing):
        store.fail_abandoned("job-1", attempts=3)


def test_should_keep_the_claim_when_renewed(store: JobStore, clock: Clock) -> None:
    store.submit()
    claim = store.claim("job-1", lease_seconds=LEASE)
    clock.advance(LEASE - 1)
    store.renew(claim, lease_seconds=LEASE)
    clock.advance(LEASE - 1)
    with pytest.raises(ClaimRefused):
        store.claim("job-1", lease_seconds=LEASE)


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_should_refuse_the_old_attempt_when_another_took_over(
    store: JobStore, clock: Clock, write: Write
) -> None:
    store.submit()
    old = store.claim("job-1", lease_seconds=LEASE)
    clock.advance(LEASE + 1)
    new = store.claim("job-1", lease_seconds=LEASE)
    before = store.get("job-1")
    with pytest.raises(LeaseLost):
        write(store, old)
    assert store.get("job-1") == before
    complete(store, new)


def test_should_be_pending_and_claimable_when_released(store: JobStore) -> None:
    store.submit()
    claim = store.claim("job-1", lease_seconds=LEASE)
    store.set_progress(claim, 70)
    store.release(claim, interrupted=False)
    job = store.require("job-1")
    assert (job.job_status, job.progress, job.lease_until) == (JobStatus.PENDING, 0, None)
    assert open_ids(store) == {"job-1"}
    assert store.claim("job-1", lease_seconds=LEASE).attempt == 2


def test_should_not_count_an_attempt_when_its_process_was_to_stop(store: JobStore) -> None:
    store.submit()
    for interrupted in (True, True, False):
        store.release(store.claim("job-1", lease_seconds=LEASE), interrupted=interrupted)
    job = store.require("job-1")
    assert (job.attempt, job.attempts_used) == (3, 1)


def test_should_say_why_and_that_it_is_not_the_owners_fault_when_given_up(
    store: JobStore, clock: Clock
) -> None:
    store.submit()
    for _ in range(MAX_ATTEMPTS):
        assert not store.claim("job-1", lease_seconds=LEASE).exhausted
        clock.advance(LEASE + 1)
    claim = store.claim("job-1", lease_seconds=LEASE)
    assert claim.exhausted
    job = store.give_up(claim)
    assert (job.job_status, job.failure) == (JobStatus.FAILED, FailureKind.GIVEN_UP)
    assert "3 times" in (job.error or "")


def test_should_fail_an_abandoned_job_when_nobody_holds_it(store: JobStore, clock: Clock) -> None:
    store.submit()
    store.claim("job-1", lease_seconds=LEASE)
    with pytest.raises(ClaimRefused):
        store.fail_abandoned("job-1", attempts=3)
    clock.advance(LEASE + 1)
    assert store.fail_abandoned("job-1", attempts=3).job_status is JobStatus.FAILED
    with pytest.raises(ClaimRefused) as refusal:
        store.fail_abandoned("job-1", attempts=3)
    assert refusal.value.retry_after is None


def test_should_cut_the_reason_when_it_is_endless(store: JobStore) -> None:
    store.submit()
    claim = store.claim("job-1", lease_seconds=LEASE)
    assert len(store.fail(claim, "x" * 500_000).error or "") == 2000


def test_should_request_again_once_when_several_would(store: JobStore, clock: Clock) -> None:
    store.submit()
    since = int(clock.now) - 300
    assert store.mark_requested("job-1", not_since=since)
    assert not store.mark_requested("job-1", not_since=since)
    clock.advance(600)
    assert store.mark_requested("job-1", not_since=int(clock.now) - 300)
    complete(store, store.claim("job-1", lease_seconds=LEASE))
    clock.advance(600)
    assert not store.mark_requested("job-1", not_since=int(clock.now) - 300)
