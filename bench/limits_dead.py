"""Measures how long a dead request waits behind bodies that nobody can read."""

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psutil
from pydantic import BaseModel, ConfigDict

from bench.plans_processes import running
from bench.report import Row
from local.deployed_platform import DeployedPlatform
from local.errors import LocalError
from local.progress import Steps
from runtime.common.jobs import OwnerActions
from runtime.common.messages import JobRequest
from runtime.common.users import UserStore
from runtime.contract.environment import variable_name
from runtime.contract.job_status import JobStatus

MAX_SECONDS = 60.0
END_SECONDS = 300.0
POLL_SECONDS = 0.2
BATCH = 10
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html"""


class DeadRequest(BaseModel):
    """How long the janitor took to come to a request behind so many bodies, and to see to it."""

    model_config = ConfigDict(frozen=True)

    bodies: int
    seconds: float


def behind_dead_bodies(platform: DeployedPlatform, bodies: int, steps: Steps) -> DeadRequest:
    """Fill the dead-letter queue while the janitor stands still; then let it go on.

    Raises:
        LocalError: the request wasn't handled within END_SECONDS.
    """
    janitor = running(platform, "utilities", "janitor").process
    queue_url = janitor.environ()[variable_name("job_requests_dlq_url")]
    jobs = OwnerActions(platform.account.dynamodb().Table(platform.outputs.annotations_table))
    what = f"{bodies:,} bodies that can't be read, and one request"
    with suspended(janitor), steps.step(what):
        _send_bodies(platform, queue_url, bodies)
        job_id = _job_without_input(platform, jobs)
        body = JobRequest(job_id=job_id).to_body()
        platform.account.client("sqs").send_message(QueueUrl=queue_url, MessageBody=body)
    with steps.step("The janitor comes to the request"):
        began = time.monotonic()
        while jobs.require(job_id).job_status is not JobStatus.FAILED:
            if time.monotonic() > began + END_SECONDS:
                raise LocalError(f"The request wasn't handled within {END_SECONDS:.0f} s.")
            time.sleep(POLL_SECONDS)  # the janitor is another process, and sends no event
        return DeadRequest(bodies=bodies, seconds=time.monotonic() - began)


@contextmanager
def suspended(process: psutil.Process) -> Iterator[None]:
    """Let a process stand still."""
    process.suspend()
    try:
        yield
    finally:
        process.resume()


def _send_bodies(platform: DeployedPlatform, queue_url: str, bodies: int) -> None:
    sqs = platform.account.client("sqs")

    def send(first: int) -> None:
        numbers = range(first, min(first + BATCH, bodies))
        entries = [{"Id": str(n), "MessageBody": f"no request {n}"} for n in numbers]
        # mypy takes the entries for any dictionaries: boto3's types are those of literals alone.
        sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)  # type: ignore[arg-type]

    with ThreadPoolExecutor(4) as pool:
        for _ in pool.map(send, range(0, bodies, BATCH)):
            pass


def _job_without_input(platform: DeployedPlatform, jobs: OwnerActions) -> str:
    """A job that fails as soon as an annotator gets it: the janitor requests it again."""
    table = platform.account.dynamodb().Table(platform.outputs.users_table)
    owner = UserStore(table).authenticate(platform.demo.email, platform.demo.password)
    if owner is None:
        raise LocalError("The demo user can't sign in.")
    job_id = str(uuid.uuid4())
    jobs.create(
        job_id=job_id,
        user_id=owner.user_id,
        input_file_name="gone.vcf",
        s3_inputs_bucket=platform.outputs.inputs_bucket,
        s3_key_input_file=f"users/{owner.user_id}/{job_id}/gone.vcf",
        reference="rcrs",
    )
    return job_id


def rows(dead: DeadRequest) -> list[Row]:
    """The lines of the table."""
    return [
        Row(
            f"a dead request behind {dead.bodies:,} bodies that can't be read",
            f"{dead.seconds:.0f} s",
            f"within {MAX_SECONDS:.0f} s",
            dead.seconds < MAX_SECONDS,
        )
    ]
