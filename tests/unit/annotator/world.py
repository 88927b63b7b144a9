"""A handler of job requests, and all that it works on: a real emulator and the real engine."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from runtime.annotator.bundle import Bundle
from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.engine_process import Command, CommandRun
from runtime.annotator.handler import LEASE_SECONDS, AnnotateHandler
from runtime.annotator.limits import Limits
from runtime.annotator.transfer import Transfer
from runtime.common.job import Job
from runtime.common.keys import input_key, result_keys
from runtime.common.messages import JobRequest
from tests.emulator import Emulator
from tests.jobs import JobStore
from tests.unit.annotator.vcfs import record, vcf
from tests.unit.clock import Clock
from tests.unit.topics import ReadableTopic, create_topic

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_s3 import S3Client

UPLOAD = vcf(record(8993, "T", "G", rest="GT\t0/1"), samples="FORMAT\tada").encode()
REQUEST = JobRequest(job_id="job-1")
FILE_NAME = "父.vcf"
KEYS = result_keys("ada", "job-1", FILE_NAME)


class Bucket:
    """A bucket, and what it holds."""

    def __init__(self, s3: "S3Client") -> None:
        self.s3 = s3
        self.name = f"bucket-{uuid.uuid4().hex}"
        s3.create_bucket(Bucket=self.name)

    def keys(self) -> set[str]:
        answer = self.s3.list_objects_v2(Bucket=self.name)
        return {each["Key"] for each in answer.get("Contents", [])}

    def content(self, key: str) -> bytes:
        return self.s3.get_object(Bucket=self.name, Key=key)["Body"].read()

    def text(self, key: str) -> str:
        return self.content(key).decode()


@dataclass(frozen=True)
class World:
    """A handler, and all that it works on; for `ahead` every lease of now has ended."""

    handler: AnnotateHandler
    jobs: JobStore
    clock: Clock
    inputs: Bucket
    results: Bucket
    topic: ReadableTopic
    process: EnginePool
    ahead: JobStore

    def submit(self, content: bytes | None = UPLOAD) -> None:
        """Store an upload, if any, and create its job."""
        key = input_key("ada", "job-1", FILE_NAME)
        if content is not None:
            self.inputs.s3.put_object(Bucket=self.inputs.name, Key=key, Body=content)
        self.jobs.submit(name=FILE_NAME, bucket=self.inputs.name)

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
        return replace(self.handler, process=InterruptingProcess(self.process, before))


class InterruptingProcess(EnginePool):
    """The engines' process, which does something ahead of its first command."""

    def __init__(self, process: EnginePool, before: Callable[[], object]) -> None:
        super().__init__()
        self._shared = process
        self._before: list[Callable[[], object]] = [before]

    def run(self, command: Command) -> CommandRun:
        while self._before:
            self._before.pop()()
        return self._shared.run(command)


def create_world(
    emulator: Emulator, annotations_table: "Table", *, bundle: Bundle, process: EnginePool
) -> World:
    """A world with empty buckets."""
    s3 = emulator.session.client("s3", endpoint_url=emulator.endpoint_url)
    clock, topic, results = Clock(), create_topic(emulator), Bucket(s3)
    jobs = JobStore(annotations_table, clock)
    limits = Limits()
    handler = AnnotateHandler(
        jobs=jobs,
        transfer=Transfer(s3, limits),
        results=topic.topic,
        results_bucket=results.name,
        bundles={"rcrs": bundle},
        process=process,
        limits=limits,
    )
    ahead = JobStore(annotations_table, lambda: clock() + LEASE_SECONDS + 1)
    return World(handler, jobs, clock, Bucket(s3), results, topic, process, ahead)
