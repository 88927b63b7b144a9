"""Stage starter: all processes on one instance, with one role, in the memory of its type."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from local.progress import Steps
from local.temporary import temporary_platform
from runtime.common.job import Job, ResultState
from runtime.common.keys import input_key
from runtime.common.mail_choices import MailChoice, MailChoices, MailKind
from runtime.common.messages import JobRequest, PlanChange, Removal
from runtime.common.objects import Objects
from runtime.common.users import Role
from stacks.settings import load
from tests.boot.conftest import Booted, booter
from tests.cloud import DeployedCloud
from tests.platform.passing_time import let_time_pass, send
from tests.waiting import wait_until

pytestmark = pytest.mark.boot

STAGE = "starter"
FILE_NAME = "sample.vcf"
PASSWORD = "correct horse battery staple"

MIB = 1024**2
MEMORY = {"t4g.small": 2048 * MIB}
"""https://aws.amazon.com/ec2/instance-types/t4/"""

SYSTEM_BYTES = 500 * MIB
"""What Amazon Linux 2023 takes with the CloudWatch and Systems Manager agents, and page cache."""


@pytest.fixture(scope="module")
def starter(
    rootfs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[DeployedCloud, Booted]]:
    """A platform like starter, whose only instance is one that was booted by its own systemd."""
    with (
        Steps(Console(stderr=True)) as steps,
        temporary_platform(steps, like=STAGE) as running,
        booter(rootfs, DeployedCloud(running), tmp_path_factory) as boot,
    ):
        cloud = DeployedCloud(running)
        [fleet] = load(STAGE).fleets
        booted = boot(fleet)
        booted.instance.wait_until_booted()
        members = running.instances.of_group(fleet)
        cloud.account.client("autoscaling").update_auto_scaling_group(
            AutoScalingGroupName=members.group.name, MinSize=0, DesiredCapacity=0
        )
        wait_until(lambda: not members.instances, "the laptop's own instance is gone")
        yield cloud, booted


def submitted(cloud: DeployedCloud, sample: Path) -> Job:
    """A job of a new user, as web makes it."""
    user = cloud.new_user("starter@example.org", PASSWORD)
    # By default the second email within ten minutes waits for the others of that time.
    users = cloud.account.dynamodb().Table(cloud.outputs["UsersTable"])
    MailChoices(users).choose(user.user_id, dict.fromkeys(MailKind, MailChoice.EACH))
    job_id, bucket = "starter-1", cloud.outputs["InputsBucket"]
    key = input_key(user.user_id, job_id, FILE_NAME)
    cloud.account.client("s3").put_object(Bucket=bucket, Key=key, Body=sample.read_bytes())
    job = cloud.jobs.create(
        job_id=job_id,
        user_id=user.user_id,
        input_file_name=FILE_NAME,
        s3_inputs_bucket=bucket,
        s3_key_input_file=key,
        reference="rcrs",
    )
    send(cloud, "JobRequestsQueue", JobRequest(job_id=job_id).to_body())
    return job


def held_bytes(booted: Booted) -> int:
    """What the instance's processes hold, each shared page counted once (PSS)."""
    found = 0
    for process in booted.instance.init.children(recursive=True):
        if "/opt/gas/" in " ".join(process.cmdline()):
            found += process.memory_full_info().pss
    return found


def test_should_run_every_process_when_it_has_booted(
    starter: tuple[DeployedCloud, Booted],
) -> None:
    _, booted = starter
    for process in load(STAGE).fleets["all"].processes:
        unit = f"gas@{process}.service"
        assert booted.instance.property(unit, "ActiveState") == "active", process
        assert booted.instance.property(unit, "NRestarts") == "0", process
    answer = booted.instance.run("curl", "--silent", "http://127.0.0.1:8080/health").stdout
    assert '"status":"ok"' in answer.replace(" ", "")


def test_should_annotate_archive_restore_and_delete_when_it_is_the_only_instance(
    starter: tuple[DeployedCloud, Booted], sample: Path
) -> None:
    cloud, booted = starter
    job = submitted(cloud, sample)
    prefix = f"users/{job.user_id}/{job.job_id}/"

    def now() -> Job:
        return cloud.jobs.require(job.job_id)

    def kept(bucket: str) -> int:
        return len(Objects(cloud.account.client("s3")).versions(cloud.outputs[bucket], prefix))

    peak = 0

    def completed() -> bool:
        nonlocal peak
        peak = max(peak, held_bytes(booted))
        return now().result_state is ResultState.AVAILABLE

    wait_until(completed, "the sample is annotated")
    whole = kept("ResultsBucket")
    let_time_pass(cloud, job, 1_000)
    wait_until(lambda: now().result_state is ResultState.ARCHIVED, "the result is archived")
    wait_until(lambda: kept("ResultsBucket") < whole, "cleanup has deleted the other copy")

    cloud.change_role(job.user_id, Role.PREMIUM_USER)
    send(cloud, "RestoreRequestsQueue", PlanChange(user_id=job.user_id).to_body())
    wait_until(lambda: now().result_state is ResultState.AVAILABLE, "the result is back")
    wait_until(lambda: kept("ArchiveBucket") == 0, "cleanup has deleted the archived copy")
    assert kept("ResultsBucket") == whole

    removal = Removal(user_id=job.user_id, job_id=job.job_id)
    send(cloud, "RemovalsQueue", removal.to_body())
    wait_until(lambda: not cloud.stored(prefix), "the job is deleted")

    def told() -> int:
        return len([mail for mail in cloud.mail() if "starter@example.org" in mail.to])

    wait_until(lambda: told() >= 2, "notify has told the owner of the end and of the archive")

    peak = max(peak, held_bytes(booted))
    room = MEMORY[load(STAGE).fleets["all"].instance_type] - SYSTEM_BYTES
    assert peak < room, f"{peak // MIB} MiB of {room // MIB}"
