"""The process: it says what is wrong at its start, works, and ends when told to."""

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runtime.common.keys import input_key
from runtime.common.messages import JobRequest
from runtime.contract.job_status import JobStatus
from runtime.contract.processes import AnnotatorConfig
from tests.emulator import Emulator
from tests.jobs import JobStore
from tests.unit.annotator.vcfs import record, vcf
from tests.unit.queues import Queue, create_queue
from tests.unit.topics import create_topic

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

ROOT = Path(__file__).parents[3]


@pytest.fixture
def queue(emulator: Emulator) -> Queue:
    return create_queue(emulator)


@pytest.fixture
def bucket(emulator: Emulator) -> str:
    name = f"bucket-{uuid.uuid4().hex}"
    emulator.session.client("s3", endpoint_url=emulator.endpoint_url).create_bucket(Bucket=name)
    return name


@pytest.fixture
def environment(
    emulator: Emulator, annotations_table: "Table", queue: Queue, bucket: str, bundle_folder: Path
) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        **emulator.environment,
        **AnnotatorConfig.variables(
            stage="test",
            results_bucket=bucket,
            annotations_table=annotations_table.name,
            job_requests_queue_url=queue.url,
            job_results_topic_arn=create_topic(emulator).topic.arn,
            references_dir=bundle_folder.parent,
            genotype_samples=50,
            scale_in_protection=False,
        ),
    }


def start(environment: dict[str, str], folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "runtime.annotator"],
        env=environment | {"TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
    )


@pytest.fixture
def process(environment: dict[str, str], tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    running = start(environment, tmp_path)
    yield running
    running.kill()
    running.communicate()


def messages_until(process: "subprocess.Popen[str]", wanted: str) -> list[str]:
    """The messages that the process logs, up to one that begins so."""
    seen = []
    assert process.stdout is not None
    for line in process.stdout:
        seen.append(json.loads(line)["message"])
        if seen[-1].startswith(wanted):
            return seen
    raise AssertionError(f"the process ended without {wanted!r}: {seen}")


@pytest.fixture
def jobs(emulator: Emulator, annotations_table: "Table", queue: Queue, bucket: str) -> JobStore:
    """The jobs; job-1 is uploaded and requested."""
    key = input_key("ada", "job-1", "x.vcf")
    s3 = emulator.session.client("s3", endpoint_url=emulator.endpoint_url)
    s3.put_object(Bucket=bucket, Key=key, Body=vcf(record(8993, "T", "G")).encode())
    store = JobStore(annotations_table)
    store.submit(bucket=bucket, key=key)
    queue.send(JobRequest(job_id="job-1").to_body())
    return store


def test_should_annotate_a_job_and_end_cleanly_when_told_to(
    jobs: JobStore, process: "subprocess.Popen[str]", queue: Queue, tmp_path: Path
) -> None:
    messages_until(process, "ended")
    process.send_signal(signal.SIGTERM)

    assert "stopped" in messages_until(process, "stopped")
    assert process.wait(timeout=30) == 0
    assert jobs.require("job-1").job_status == JobStatus.COMPLETED
    assert queue.count() == 0
    assert list(tmp_path.iterdir()) == []


def test_should_say_what_is_wrong_when_there_is_no_bundle(
    environment: dict[str, str], tmp_path: Path
) -> None:
    process = start(
        environment | AnnotatorConfig.variables(references_dir=tmp_path / "none"), tmp_path
    )

    output, _ = process.communicate(timeout=60)

    assert process.returncode == 78
    assert "offered.json can't be read" in output
