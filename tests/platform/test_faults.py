"""Instances die, messages are bad, files are poison: no accepted job is lost, and none hangs."""

import json
import signal
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from local.aws.cdk import BUCKET_OF_ASSETS
from local.aws.ec2.instance import Instance
from local.aws.target_health import Target, TargetState
from local.errors import LocalError
from runtime.common.job import Job
from runtime.common.keys import input_key
from runtime.common.messages import JobRequest
from runtime.contract.job_status import JobStatus
from runtime.contract.s3 import QUARANTINE_PREFIX
from tests.cloud import DeployedCloud
from tests.platform.conftest import Person
from tests.platform.large_files import write_large_file
from tests.waiting import wait_until


def processes(instance: Instance) -> list[psutil.Process]:
    """Everything that runs on an instance."""
    return psutil.Process(instance.process.pid).children(recursive=True)


def kill(instance: Instance) -> None:
    for process in processes(instance):
        try:
            process.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue


def request_job(
    cloud: DeployedCloud,
    user_id: str,
    file: Path,
    bucket: str | None = None,
    *,
    reference: str = "rcrs",
) -> str:
    """Put an input into its place and request its job, past the web's limit on uploads."""
    job_id = str(uuid.uuid4())
    key = input_key(user_id, job_id, file.name)
    inputs = cloud.outputs["InputsBucket"]
    cloud.account.client("s3").upload_file(str(file), bucket or inputs, key)
    cloud.jobs.create(
        job_id=job_id,
        user_id=user_id,
        input_file_name=file.name,
        s3_inputs_bucket=bucket or inputs,
        s3_key_input_file=key,
        reference=reference,
    )
    publish(cloud, JobRequest(job_id=job_id).to_body())
    return job_id


def publish(cloud: DeployedCloud, body: str) -> None:
    cloud.account.client("sns").publish(TopicArn=cloud.outputs["JobRequestsTopic"], Message=body)


def wait_ended(cloud: DeployedCloud, job_id: str, seconds: float) -> Job:
    wait_until(lambda: cloud.jobs.require(job_id).ended, f"job {job_id} has ended", seconds)
    return cloud.jobs.require(job_id)


def test_should_complete_the_job_when_the_annotators_are_killed_in_the_middle(
    cloud: DeployedCloud,
    person: Person,
    bundle_folder: Path,
    tmp_path: Path,
) -> None:
    large = tmp_path / "large.vcf"
    write_large_file(bundle_folder, large)
    job_id = request_job(cloud, person.user_id, large)
    wait_until(lambda: cloud.jobs.require(job_id).progress > 0, "the job is under way")

    victims = cloud.platform.instances.of_group("annotator").running
    for instance in victims:
        kill(instance)
    assert cloud.jobs.require(job_id).job_status is JobStatus.RUNNING

    job = wait_ended(cloud, job_id, seconds=300)
    assert job.job_status is JobStatus.COMPLETED
    assert job.attempt == 2


def test_should_replace_an_instance_when_its_process_is_killed(
    cloud: DeployedCloud, person: Person, sample: Path
) -> None:
    members = cloud.platform.instances.of_group("utilities")
    (victim,) = members.running

    kill(victim)

    wait_until(
        lambda: victim not in members.running and len(members.running) == 1, "it is replaced"
    )
    person.annotate(sample)
    wait_until(
        lambda: any(person.email in mail.to for mail in cloud.mail()), "the new one sends mail"
    )


def set_aside(cloud: DeployedCloud) -> list[str]:
    """The bodies of messages that nobody could read."""
    s3, bucket = cloud.account.client("s3"), cloud.outputs["InputsBucket"]
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=QUARANTINE_PREFIX).get("Contents", [])
    found = [s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in listed]
    return [each["body"] for content in found for each in json.loads(content)]


def test_should_keep_the_worker_alive_when_a_message_is_bad(
    cloud: DeployedCloud, person: Person, sample: Path
) -> None:
    bad = f"no JSON {uuid.uuid4()}"
    before = {instance.id for instance in cloud.platform.instances.of_group("annotator").running}

    publish(cloud, bad)

    wait_until(lambda: bad in set_aside(cloud), "the janitor sets it aside")
    assert bad not in cloud.bodies("JobRequestsDlq")
    assert person.annotate(sample).job_status is JobStatus.COMPLETED
    after = {instance.id for instance in cloud.platform.instances.of_group("annotator").running}
    assert after == before


def test_should_fail_the_job_with_a_reason_when_no_attempt_can_succeed(
    cloud: DeployedCloud, person: Person, sample: Path
) -> None:
    # The annotators' role may not read users' files there.
    job_id = request_job(cloud, person.user_id, sample, bucket=BUCKET_OF_ASSETS)

    job = wait_ended(cloud, job_id, seconds=300)

    assert job.job_status is JobStatus.FAILED
    assert job.error is not None
    assert "tried to annotate this file 3 times" in job.error
    wait_until(lambda: any(person.email in mail.to for mail in cloud.mail()), "the owner is told")


@pytest.fixture
def frozen(cloud: DeployedCloud) -> Iterator[Instance]:
    """A web instance that hangs for the time of the test."""
    instance = cloud.platform.instances.of_group("web").running[0]
    stopped = processes(instance)
    for process in stopped:
        process.suspend()
    yield instance
    for process in stopped:
        process.resume()


def state(cloud: DeployedCloud, instance: Instance) -> TargetState:
    return cloud.platform.load_balancer.health.state(Target(instance.id, instance.port))


def test_should_spread_requests_when_both_web_instances_are_healthy(cloud: DeployedCloud) -> None:
    members = cloud.platform.instances.of_group("web")
    wait_until(
        lambda: all(state(cloud, each) is TargetState.HEALTHY for each in members.running),
        "both are healthy",
    )
    marks = [uuid.uuid4().hex for _ in range(10)]

    for mark in marks:
        httpx.get(f"{cloud.site_url}/sign-in/{mark}", timeout=30)

    def shares() -> list[int]:
        logs = [instance.log.read_text() for instance in members.running]
        return [sum(mark in log for mark in marks) for log in logs]

    wait_until(lambda: sum(shares()) == len(marks), "all requests are in the logs")
    assert shares() == [5, 5]


def test_should_avoid_a_web_instance_when_it_hangs(cloud: DeployedCloud, frozen: Instance) -> None:
    wait_until(lambda: state(cloud, frozen) is TargetState.UNHEALTHY, "it is found unhealthy")

    answers = [httpx.get(f"{cloud.site_url}/sign-in", timeout=30) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 6


def test_should_fail_at_the_first_attempt_with_its_sentence_when_the_input_is_gone(
    cloud: DeployedCloud, person: Person, sample: Path
) -> None:
    job_id = str(uuid.uuid4())
    cloud.jobs.create(
        job_id=job_id,
        user_id=person.user_id,
        input_file_name=sample.name,
        s3_inputs_bucket=cloud.outputs["InputsBucket"],
        s3_key_input_file=input_key(person.user_id, job_id, sample.name),
        reference="rcrs",
    )
    publish(cloud, JobRequest(job_id=job_id).to_body())

    job = wait_ended(cloud, job_id, seconds=120)

    assert job.job_status is JobStatus.FAILED
    assert job.error == "The uploaded file is not there any more."
    assert job.attempt == 1


@pytest.fixture
def outage(cloud: DeployedCloud) -> Iterator[Callable[[], None]]:
    """Ends the outage: until then web can't use S3."""
    # A test before may have had an instance replaced.
    members = cloud.platform.instances.of_group("web")
    wait_until(
        lambda: all(state(cloud, each) is TargetState.HEALTHY for each in members.running),
        "all web instances are healthy",
    )
    iam = cloud.account.client("iam")
    roles = [role["RoleName"] for role in iam.list_roles()["Roles"]]
    of_web = [name for name in roles if name.startswith("gas-local-web-")]
    [role] = [name for name in of_web if "Operator" not in name]
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    iam.put_role_policy(RoleName=role, PolicyName="outage", PolicyDocument=document)
    ended: list[bool] = []

    def end() -> None:
        if not ended:
            iam.delete_role_policy(RoleName=role, PolicyName="outage")
            ended.append(True)

    yield end
    end()


def test_should_keep_its_instances_and_say_what_it_cannot_do_when_storage_is_out(
    cloud: DeployedCloud, person: Person, sample: Path, outage: Callable[[], None]
) -> None:
    members = cloud.platform.instances.of_group("web")
    before = {instance.id for instance in members.running}

    def health(instance: Instance) -> int:
        return httpx.get(f"http://127.0.0.1:{instance.port}/health", timeout=60).status_code

    wait_until(
        lambda: all(health(instance) == 503 for instance in members.running), "all notice it"
    )
    # As many checks of the load balancer as would have found them unhealthy.
    for instance in members.running:
        for _ in range(5):
            alive = httpx.get(f"http://127.0.0.1:{instance.port}/alive", timeout=30)
            assert alive.status_code == 200
        assert state(cloud, instance) is TargetState.HEALTHY
    assert httpx.get(f"{cloud.site_url}/sign-in", timeout=30).status_code == 200
    job_id = request_job(cloud, person.user_id, sample)
    wait_ended(cloud, job_id, seconds=120)
    with pytest.raises(LocalError, match="HTTP 503"):
        person.site.fetch(f"/jobs/{job_id}")

    outage()

    wait_until(lambda: all(health(instance) == 200 for instance in members.running), "it is over")
    assert {instance.id for instance in members.running} == before
