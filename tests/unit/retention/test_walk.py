"""Thousands of archived jobs of one user: a page a message, none lost, throttled or not."""

import os
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from runtime.common.job import Job, ResultState
from runtime.common.keys import result_keys
from runtime.common.messages import CheckBatch, parse_restore_request
from runtime.common.objects import Objects
from runtime.common.users import User
from runtime.contract.job_status import JobStatus
from runtime.retention.restore import PAGE
from tests.unit.delivery import delivery
from tests.unit.retention.stage import FILE_NAME
from tests.unit.retention.world import AT_ONCE, World

JOBS = int(os.environ.get("GAS_ARCHIVED_JOBS", "230"))
"""Many more: GAS_ARCHIVED_JOBS=10000 ./gas test --only unit -k walk -o timeout=3600."""


@pytest.fixture
def owner(world: World) -> User:
    """Somebody with many archived jobs, made without archiving each."""
    owner = world.user()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = list(pool.map(lambda number: archived(world, owner, number), range(JOBS)))
    with world.annotations.batch_writer() as batch:
        for job in jobs:
            batch.put_item(Item=job.to_item())
    return owner


def archived(world: World, owner: User, number: int) -> Job:
    job_id = str(uuid.uuid4())
    keys = result_keys(owner.user_id, job_id, FILE_NAME)
    version = world.s3.put_object(
        Bucket=world.archive, Key=keys.vcf, Body=b"the result", StorageClass="GLACIER"
    )["VersionId"]
    parquet = world.s3.put_object(Bucket=world.archive, Key=keys.parquet, Body=b"parquet")
    return Job(
        job_id=job_id,
        user_id=owner.user_id,
        input_file_name=FILE_NAME,
        s3_inputs_bucket="inputs",
        s3_key_input_file="key",
        submit_time=number,
        complete_time=number,
        job_status=JobStatus.COMPLETED,
        result_state=ResultState.ARCHIVED,
        archive_versions={"vcf": version, "parquet": parquet["VersionId"]},
        result_epoch=1,
    )


def states(world: World, owner: User) -> list[ResultState | None]:
    return [job.result_state for job in world.jobs.all_of_user(owner.user_id)]


def deliver_all(world: World) -> int:
    """Deliver what the restore process sends itself, until only its checks are left."""
    delivered = 0
    while True:
        sent = [parse_restore_request(body) for body in world.restore_requests.take_all()]
        work = [message for message in sent if not isinstance(message, CheckBatch)]
        if not work:
            return delivered
        for message in work:
            world.restorer(message, delivery())
            delivered += 1


def test_should_take_a_message_for_each_page_and_look_twice_when_there_are_many(
    world: World, owner: User
) -> None:
    world.restore_now(world.upgrade(owner))
    pages = deliver_all(world)
    assert states(world, owner) == [ResultState.RESTORING] * JOBS
    assert world.seam.calls.count("before RestoreObject") == JOBS
    # As many messages as pages, and as many again for the second look.
    assert pages == 2 * -(-JOBS // PAGE) - 1


def test_should_bring_all_back_and_say_so_once_when_there_are_many_and_s3_throttles(
    world: World, owner: User
) -> None:
    refused = world.throttle(every=7)
    world.restore_now(world.upgrade(owner))
    world.pump(seconds=20)
    assert states(world, owner) == [ResultState.AVAILABLE] * JOBS
    objects, keys = Objects(world.s3), f"users/{owner.user_id}/"
    assert objects.versions(world.archive, keys) == []
    assert len(objects.versions(world.results, keys)) == JOBS * len({"vcf", "parquet"})
    assert world.restored_mails == [owner.user_id]
    assert world.seam.calls.count("after RestoreObject") == JOBS  # S3 took each request once
    assert len(refused) > JOBS // 7
