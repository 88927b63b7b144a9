"""No job hangs: stuck ones are requested again, dead ones end with a reason."""

from typing import TYPE_CHECKING

import pytest

from runtime.common.delivery import HandBack
from runtime.common.jobs import MAX_ATTEMPTS
from runtime.common.messages import JobRequest, JobResult
from runtime.contract.job_status import JobStatus
from runtime.janitor.handler import MAX_OPEN_SECONDS, JanitorHandler
from runtime.janitor.stuck_jobs import LOOK_SECONDS, STUCK_SECONDS, StuckJobRequester
from tests.emulator import Emulator
from tests.jobs import JobStore
from tests.unit.clock import Clock
from tests.unit.delivery import delivery
from tests.unit.measured import Measured
from tests.unit.topics import ReadableTopic, create_topic

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

LEASE = 60
REQUEST = JobRequest(job_id="job-1")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(annotations_table: "Table", clock: Clock) -> JobStore:
    store = JobStore(annotations_table, clock)
    store.create(
        job_id="job-1",
        user_id="ada",
        input_file_name="x.vcf",
        s3_inputs_bucket="inputs",
        s3_key_input_file="users/ada/job-1/x.vcf",
        reference="rcrs",
    )
    return store


@pytest.fixture
def requests(emulator: Emulator) -> ReadableTopic:
    return create_topic(emulator)


@pytest.fixture
def results(emulator: Emulator) -> ReadableTopic:
    return create_topic(emulator)


@pytest.fixture
def requester(jobs: JobStore, requests: ReadableTopic, clock: Clock) -> StuckJobRequester:
    return StuckJobRequester(jobs=jobs, requests=requests.topic, clock=clock)


@pytest.fixture
def handler(
    jobs: JobStore, requests: ReadableTopic, results: ReadableTopic, clock: Clock
) -> JanitorHandler:
    return JanitorHandler(jobs=jobs, requests=requests.topic, results=results.topic, clock=clock)


def use_up_attempts(jobs: JobStore, clock: Clock) -> None:
    for _ in range(MAX_ATTEMPTS):
        jobs.claim("job-1", lease_seconds=LEASE)
        clock.advance(LEASE + 1)


def test_should_leave_a_job_alone_while_it_is_young(
    requester: StuckJobRequester, requests: ReadableTopic, clock: Clock
) -> None:
    clock.advance(STUCK_SECONDS)
    requester()
    assert requests.published() == []


def test_should_request_a_pending_job_again_when_it_is_stuck(
    requester: StuckJobRequester, requests: ReadableTopic, clock: Clock
) -> None:
    clock.advance(STUCK_SECONDS + 1)
    requester()
    assert requests.published() == [REQUEST.to_body()]


def test_should_request_once_an_interval_when_it_stays_stuck(
    requester: StuckJobRequester, requests: ReadableTopic, clock: Clock
) -> None:
    clock.advance(STUCK_SECONDS + 1)
    for _ in range(2 * STUCK_SECONDS // LOOK_SECONDS):
        requester()
        clock.advance(LOOK_SECONDS)
    assert len(requests.published()) == 2


def test_should_find_a_stuck_job_only_when_it_is_time_to_look_again(
    requester: StuckJobRequester, requests: ReadableTopic, clock: Clock
) -> None:
    clock.advance(STUCK_SECONDS - 5)
    requester()
    clock.advance(LOOK_SECONDS / 2)
    requester()
    assert requests.published() == []
    clock.advance(LOOK_SECONDS / 2)
    requester()
    assert requests.published() == [REQUEST.to_body()]


def test_should_request_a_running_job_again_when_its_lease_ended_long_ago(
    jobs: JobStore, requester: StuckJobRequester, requests: ReadableTopic, clock: Clock
) -> None:
    clock.advance(STUCK_SECONDS)
    jobs.claim("job-1", lease_seconds=LEASE)
    clock.advance(LEASE + STUCK_SECONDS)
    requester()
    assert requests.published() == []
    clock.advance(LOOK_SECONDS)
    requester()
    assert requests.published() == [REQUEST.to_body()]


def test_should_fail_the_job_and_announce_it_when_no_attempt_is_left(
    handler: JanitorHandler,
    jobs: JobStore,
    requests: ReadableTopic,
    results: ReadableTopic,
    clock: Clock,
) -> None:
    use_up_attempts(jobs, clock)
    handler(REQUEST, delivery())
    job = jobs.require("job-1")
    assert job.job_status is JobStatus.FAILED
    assert "3 times" in (job.error or "")
    assert results.published() == [JobResult.of(job).to_body()]
    assert requests.published() == []


def test_should_count_the_failure_once_when_a_job_is_given_up(
    handler: JanitorHandler, jobs: JobStore, clock: Clock, measured: Measured
) -> None:
    use_up_attempts(jobs, clock)
    handler(REQUEST, delivery())
    handler(REQUEST, delivery())
    assert measured() == [("Jobs", "FAILED", 1), ("JobFailures", "given_up", 1)]


def test_should_request_again_when_the_job_was_hardly_tried(
    handler: JanitorHandler, jobs: JobStore, requests: ReadableTopic
) -> None:
    handler(REQUEST, delivery())
    assert jobs.require("job-1").job_status is JobStatus.PENDING
    assert requests.published() == [REQUEST.to_body()]


def test_should_request_again_when_attempts_were_interrupted(
    handler: JanitorHandler, jobs: JobStore, requests: ReadableTopic
) -> None:
    for _ in range(MAX_ATTEMPTS):
        jobs.release(jobs.claim("job-1", lease_seconds=LEASE), interrupted=True)
    handler(REQUEST, delivery())
    assert requests.published() == [REQUEST.to_body()]


def test_should_fail_the_job_when_it_has_been_open_for_a_day(
    handler: JanitorHandler, jobs: JobStore, clock: Clock
) -> None:
    clock.advance(MAX_OPEN_SECONDS)
    handler(REQUEST, delivery())
    assert jobs.require("job-1").job_status is JobStatus.FAILED


def test_should_look_again_later_when_an_attempt_is_at_work(
    handler: JanitorHandler, jobs: JobStore, clock: Clock
) -> None:
    use_up_attempts(jobs, clock)
    jobs.claim("job-1", lease_seconds=LEASE)
    with pytest.raises(HandBack) as request:
        handler(REQUEST, delivery())
    assert request.value.delay_seconds == LEASE + 1
    assert jobs.require("job-1").job_status is JobStatus.RUNNING


def test_should_announce_the_end_again_when_the_job_has_ended(
    handler: JanitorHandler, jobs: JobStore, results: ReadableTopic
) -> None:
    claim = jobs.claim("job-1", lease_seconds=LEASE)
    done = jobs.complete(claim, reference_version="1.0.0")
    handler(REQUEST, delivery())
    assert results.published() == [JobResult.of(done).to_body()]
    assert jobs.get("job-1") == done


def test_should_drop_the_request_when_its_job_is_gone(
    handler: JanitorHandler, requests: ReadableTopic, results: ReadableTopic
) -> None:
    handler(JobRequest(job_id="job-2"), delivery())
    assert requests.published() == []
    assert results.published() == []
