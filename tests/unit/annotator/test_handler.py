"""A job request's effect; faults at every point of it."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.engine_process import Command, CommandRun
from runtime.annotator.limits import Limits
from runtime.annotator.transfer import Transfer
from runtime.common.delivery import Delivery
from runtime.contract.job_status import JobStatus
from tests.unit.annotator.vcfs import record, vcf
from tests.unit.annotator.world import KEYS, REQUEST, UPLOAD, World
from tests.unit.measured import Measured


class CrashingProcess(EnginePool):
    """An engine on sites without ##contig lines, which bcftools 1.24 answers with a crash."""

    def run(self, command: Command) -> CommandRun:
        sites = Path(command.words[-1])
        lines = sites.read_text().splitlines(keepends=True)
        sites.write_text("".join(line for line in lines if not line.startswith("##contig")))
        return super().run(command)


def test_should_complete_the_job_with_all_results_when_a_request_comes(
    world: World, delivery: Delivery, measured: Measured
) -> None:
    world.submit()

    world.handler(REQUEST, delivery)

    job = world.job()
    assert (job.job_status, job.progress, job.attempt) == (JobStatus.COMPLETED, 100, 1)
    assert job.has_log
    assert job.result_keys == KEYS
    assert world.results.keys() == set(vars(KEYS).values())
    for key in vars(KEYS).values():
        head = world.results.s3.head_object(Bucket=world.results.name, Key=key)
        digest = hashlib.sha256(world.results.content(key)).hexdigest()
        assert head["Metadata"]["sha256"] == digest
    assert "missense_variant" in world.results.text(KEYS.log)
    assert world.announced() == ["COMPLETED"]
    assert world.inputs.keys() == {"users/ada/job-1/_.vcf"}
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
    assert job.has_log
    assert "not a VCF" in world.results.text(KEYS.log)
    assert world.announced() == ["FAILED"]
    assert measured()[1:] == [("Jobs", "FAILED", 1), ("JobFailures", "input", 1)]


def test_should_store_no_index_when_the_records_are_not_sorted(
    world: World, delivery: Delivery
) -> None:
    world.submit(vcf(record(8993, "T", "G"), record(3243, "A", "G")).encode())

    world.handler(REQUEST, delivery)

    assert world.job().job_status == JobStatus.COMPLETED
    assert world.results.keys() == set(vars(KEYS).values()) - {KEYS.index, KEYS.genotypes}


@pytest.mark.parametrize(
    ("content", "limits", "reason"),
    [
        (None, Limits(), "not there any more"),
        (UPLOAD, Limits(input_bytes=10), "larger than"),
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
    assert not job.has_log
    assert world.announced() == ["FAILED"]


def test_should_forget_a_request_when_its_job_does_not_exist(
    world: World, delivery: Delivery
) -> None:
    world.handler(REQUEST, delivery)

    assert world.announced() == []


def test_should_fail_the_job_with_a_reason_when_the_engine_crashes(
    world: World, delivery: Delivery
) -> None:
    world.submit()

    with CrashingProcess() as process:
        replace(world.handler, process=process)(REQUEST, delivery)

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
