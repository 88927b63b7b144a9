"""A job request's effect, on a real emulator with the real engine; faults at every point of it."""

import json
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from runtime.annotator import progress
from runtime.annotator.bcftools import Bcftools
from runtime.annotator.bundle import Bundle
from runtime.annotator.engine import BcftoolsEngine
from runtime.annotator.handler import LEASE_SECONDS, AnnotateHandler
from runtime.annotator.limits import Limits
from runtime.annotator.transfer import Transfer
from runtime.common.delivery import Delivery, HandBack
from runtime.common.job import CANCELLED, Job, JobStatus
from runtime.common.jobs import Claim, JobStore, LeaseLost
from runtime.common.keys import input_key, result_keys
from runtime.common.messages import JobRequest
from tests.emulator import Emulator
from tests.unit.annotator.vcfs import record, vcf
from tests.unit.clock import Clock
from tests.unit.measured import Measured
from tests.unit.topics import ReadableTopic, create_topic

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_s3 import S3Client

ONE = vcf(record(8993, "T", "G")).encode()
REQUEST = JobRequest(job_id="job-1")
KEYS = result_keys("ada", "job-1", "x.vcf")


class Bucket:
    """A bucket, and what it holds."""

    def __init__(self, s3: "S3Client") -> None:
        self.s3 = s3
        self.name = f"bucket-{uuid.uuid4().hex}"
        s3.create_bucket(Bucket=self.name)

    def keys(self) -> set[str]:
        answer = self.s3.list_objects_v2(Bucket=self.name)
        return {each["Key"] for each in answer.get("Contents", [])}

    def text(self, key: str) -> str:
        return self.s3.get_object(Bucket=self.name, Key=key)["Body"].read().decode()


@dataclass(frozen=True)
class World:
    """A handler, and all that it works on; for `ahead` every lease of now has ended."""

    handler: AnnotateHandler
    jobs: JobStore
    clock: Clock
    inputs: Bucket
    results: Bucket
    topic: ReadableTopic
    bcftools: Bcftools
    ahead: JobStore

    def submit(self, content: bytes | None = ONE) -> None:
        """Store an upload, if any, and create its job."""
        key = input_key("ada", "job-1", "x.vcf")
        if content is not None:
            self.inputs.s3.put_object(Bucket=self.inputs.name, Key=key, Body=content)
        self.jobs.create(
            job_id="job-1",
            user_id="ada",
            input_file_name="x.vcf",
            s3_inputs_bucket=self.inputs.name,
            s3_key_input_file=key,
        )

    def job(self) -> Job:
        """The job as it is."""
        return self.jobs.require("job-1")

    def announced(self) -> list[str]:
        """The ends announced since the last call."""
        bodies = [json.loads(body) for body in self.topic.published()]
        assert all(body["job_id"] == "job-1" for body in bodies)
        return [body["job_status"] for body in bodies]

    def interrupted(self, before: Callable[[], object]) -> AnnotateHandler:
        """The handler, which calls `before` ahead of the engine."""
        return replace(self.handler, engine=InterruptingEngine(self.bcftools, before))


@pytest.fixture
def world(
    emulator: Emulator,
    annotations_table: "Table",
    bundle: Bundle,
    bcftools: Bcftools,
) -> World:
    s3 = emulator.session.client("s3", endpoint_url=emulator.endpoint_url)
    clock, topic, results = Clock(), create_topic(emulator), Bucket(s3)
    jobs = JobStore(annotations_table, clock)
    limits = Limits()
    handler = AnnotateHandler(
        jobs=jobs,
        transfer=Transfer(s3, limits),
        results=topic.topic,
        results_bucket=results.name,
        bundle=bundle,
        engine=BcftoolsEngine(bcftools),
        limits=limits,
    )
    ahead = JobStore(annotations_table, lambda: clock() + LEASE_SECONDS + 1)
    return World(handler, jobs, clock, Bucket(s3), results, topic, bcftools, ahead)


@pytest.fixture
def delivery() -> Delivery:
    return Delivery(extend=lambda: None, every_seconds=20, receive_count=1)


class InterruptingEngine(BcftoolsEngine):
    """The engine, which does something first."""

    def __init__(self, bcftools: Bcftools, before: Callable[[], object]) -> None:
        super().__init__(bcftools)
        self._before = before

    def annotate(self, *args: Any, **kwargs: Any) -> Any:
        self._before()
        return super().annotate(*args, **kwargs)


class CrashingEngine(BcftoolsEngine):
    """The engine on sites without ##contig lines, which bcftools 1.24 answers with a crash."""

    def annotate(self, sites: Path, *args: Any, **kwargs: Any) -> Any:
        lines = sites.read_text().splitlines(keepends=True)
        sites.write_text("".join(line for line in lines if not line.startswith("##contig")))
        return super().annotate(sites, *args, **kwargs)


def test_should_complete_the_job_with_all_results_when_a_request_comes(
    world: World, delivery: Delivery, measured: Measured
) -> None:
    world.submit()

    world.handler(REQUEST, delivery)

    job = world.job()
    assert (job.job_status, job.progress, job.attempt) == (JobStatus.COMPLETED, 100, 1)
    assert (job.s3_results_bucket, job.s3_key_result_file) == (world.results.name, KEYS.vcf)
    assert job.s3_key_log_file == KEYS.log
    assert world.results.keys() == set(vars(KEYS).values())
    assert "missense_variant" in world.results.text(KEYS.log)
    assert world.announced() == ["COMPLETED"]
    assert world.inputs.keys() == {"users/ada/job-1/x.vcf"}
    assert measured() == [("Jobs", "RUNNING", 1), ("Jobs", "COMPLETED", 1), ("JobDuration", 0)]


def test_should_fail_the_job_with_the_sentence_and_the_log_when_the_file_is_at_fault(
    world: World, delivery: Delivery, measured: Measured
) -> None:
    world.submit(b"nonsense")

    world.handler(REQUEST, delivery)

    job = world.job()
    assert job.job_status == JobStatus.FAILED
    assert (job.error or "").startswith("Line 1: this is not a VCF file")
    assert world.results.keys() == {KEYS.log}
    assert (job.s3_results_bucket, job.s3_key_log_file) == (world.results.name, KEYS.log)
    assert "not a VCF" in world.results.text(KEYS.log)
    assert world.announced() == ["FAILED"]
    assert measured()[1:] == [("Jobs", "FAILED", 1), ("JobFailures", "input", 1)]


def test_should_store_no_index_when_the_records_are_not_sorted(
    world: World, delivery: Delivery
) -> None:
    world.submit(vcf(record(8993, "T", "G"), record(3243, "A", "G")).encode())

    world.handler(REQUEST, delivery)

    assert world.job().job_status == JobStatus.COMPLETED
    assert world.results.keys() == set(vars(KEYS).values()) - {KEYS.index}


@pytest.mark.parametrize(
    ("content", "limits", "reason"),
    [
        (None, Limits(), "not there any more"),
        (ONE, Limits(input_bytes=10), "larger than"),
    ],
)
def test_should_fail_the_job_when_the_upload_is_gone_or_too_large(
    world: World, delivery: Delivery, content: bytes | None, limits: Limits, reason: str
) -> None:
    world.submit(content)

    replace(world.handler, transfer=Transfer(world.inputs.s3, limits))(REQUEST, delivery)

    job = world.job()
    assert job.job_status == JobStatus.FAILED
    assert reason in (job.error or "")
    assert job.s3_key_log_file is None
    assert world.announced() == ["FAILED"]


@pytest.mark.parametrize("content", [ONE, b"nonsense"])
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


def test_should_forget_a_request_when_its_job_does_not_exist(
    world: World, delivery: Delivery
) -> None:
    world.handler(REQUEST, delivery)

    assert world.announced() == []


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


def test_should_end_the_job_when_the_attempt_before_left_a_wish_to_cancel(
    world: World, delivery: Delivery
) -> None:
    world.submit()
    world.jobs.release(_cancelled(world, world.jobs.claim("job-1", lease_seconds=LEASE_SECONDS)))

    world.handler(REQUEST, delivery)

    assert world.job().cancelled
    assert world.results.keys() == set()


def _cancelled(world: World, claim: Claim) -> Claim:
    world.jobs.cancel("job-1", "ada")
    return claim


@pytest.mark.usefixtures("_watchful")
def test_should_stop_and_let_go_when_the_job_is_removed_meanwhile(
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


def test_should_let_go_when_the_heartbeat_finds_the_job_removed(world: World) -> None:
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


def test_should_fail_the_job_with_a_reason_when_the_engine_crashes(
    world: World, delivery: Delivery
) -> None:
    world.submit()

    replace(world.handler, engine=CrashingEngine(world.bcftools))(REQUEST, delivery)

    job = world.job()
    assert job.job_status == JobStatus.FAILED
    assert "The annotation engine" in (job.error or "")
    assert "FAILED: The annotation engine" in world.results.text(KEYS.log)
    assert world.announced() == ["FAILED"]


class Broken:
    """Stands in for one method of a client, and fails so many times before it works."""

    def __init__(self, target: object, name: str, times: int = 1) -> None:
        self._target, self._name, self._times = target, name, times

    def __getattr__(self, name: str) -> Any:
        if name == self._name and self._times > 0:
            self._times -= 1
            raise ConnectionError(f"{name} is out of order")
        return getattr(self._target, name)


def test_should_be_done_again_whole_when_an_upload_fails(world: World, delivery: Delivery) -> None:
    world.submit()
    broken: Any = Broken(world.inputs.s3, "upload_file")

    with pytest.raises(ConnectionError):
        replace(world.handler, transfer=Transfer(broken, Limits()))(REQUEST, delivery)

    # Handed back, so that the next delivery needn't wait for the lease to end.
    assert world.job().job_status == JobStatus.PENDING
    assert world.announced() == []
    world.handler(REQUEST, delivery)
    assert world.job().job_status == JobStatus.COMPLETED
    assert world.results.keys() == set(vars(KEYS).values())


def test_should_announce_on_the_next_delivery_when_the_topic_was_out_of_reach(
    world: World, delivery: Delivery
) -> None:
    world.submit()
    silent: Any = Broken(world.topic.topic, "publish")

    with pytest.raises(ConnectionError):
        replace(world.handler, results=silent)(REQUEST, delivery)

    assert world.job().job_status == JobStatus.COMPLETED
    world.handler(REQUEST, delivery)
    assert world.announced() == ["COMPLETED"]


def test_should_say_lease_lost_when_an_older_attempt_completes_late(
    world: World, delivery: Delivery
) -> None:
    world.submit()
    late = world.jobs.claim("job-1", lease_seconds=LEASE_SECONDS)
    world.clock.advance(LEASE_SECONDS + 1)
    world.handler(REQUEST, delivery)

    with pytest.raises(LeaseLost):
        world.jobs.complete(late, results_bucket="b", result_key="k", log_key="l")
