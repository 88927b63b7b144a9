"""Each instance has the credentials of its group's role, which may do what its processes do."""

from collections.abc import Callable

import boto3
import psutil
import pytest
from botocore.credentials import ContainerProvider
from botocore.exceptions import ClientError

from local.account import REGION
from tests.cloud import DeployedCloud

Attempt = Callable[[boto3.Session, DeployedCloud], object]


def environment(cloud: DeployedCloud, group: str) -> dict[str, str]:
    """What the processes of one of the group's instances see."""
    instance = cloud.cloud.fleets.fleet(group).running[0]
    return psutil.Process(instance.process.pid).children()[0].environ()


def session(cloud: DeployedCloud, group: str) -> boto3.Session:
    """A session with the credentials that an instance of the group gets."""
    credentials = ContainerProvider(environ=environment(cloud, group)).load()
    return boto3.Session(
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
        aws_session_token=credentials.token,
        region_name=REGION,
    )


def read_item(output: str, key: str) -> Attempt:
    def attempt(of: boto3.Session, cloud: DeployedCloud) -> object:
        dynamodb = of.resource("dynamodb", endpoint_url=cloud.endpoint_url)
        return dynamodb.Table(cloud.outputs[output]).get_item(Key={key: "none"})

    return attempt


def delete_item(output: str, key: str) -> Attempt:
    def attempt(of: boto3.Session, cloud: DeployedCloud) -> object:
        dynamodb = of.resource("dynamodb", endpoint_url=cloud.endpoint_url)
        return dynamodb.Table(cloud.outputs[output]).delete_item(Key={key: "none"})

    return attempt


def receive(output: str) -> Attempt:
    def attempt(of: boto3.Session, cloud: DeployedCloud) -> object:
        sqs = of.client("sqs", endpoint_url=cloud.endpoint_url)
        return sqs.receive_message(QueueUrl=cloud.outputs[output], VisibilityTimeout=0)

    return attempt


def put(output: str) -> Attempt:
    def attempt(of: boto3.Session, cloud: DeployedCloud) -> object:
        s3 = of.client("s3", endpoint_url=cloud.endpoint_url)
        return s3.put_object(Bucket=cloud.outputs[output], Key="users/none/probe", Body=b"")

    return attempt


def outside_users(output: str) -> Attempt:
    def attempt(of: boto3.Session, cloud: DeployedCloud) -> object:
        s3 = of.client("s3", endpoint_url=cloud.endpoint_url)
        return s3.put_object(Bucket=cloud.outputs[output], Key="elsewhere", Body=b"")

    return attempt


JOB = ("AnnotationsTable", "job_id")
USER = ("UsersTable", "user_id")

MAY = [
    ("web", read_item(*JOB)),
    ("web", read_item(*USER)),
    ("web", put("InputsBucket")),
    ("annotator", read_item(*JOB)),
    ("annotator", put("ResultsBucket")),
    ("annotator", receive("JobRequestsQueue")),
    ("utilities", read_item(*JOB)),
    ("utilities", read_item(*USER)),
    ("utilities", receive("JobResultsNotifyQueue")),
]

MAY_NOT = [
    ("web", put("ResultsBucket")),
    ("web", receive("JobRequestsQueue")),
    ("web", delete_item(*JOB)),
    ("web", outside_users("InputsBucket")),
    ("annotator", read_item(*USER)),
    ("annotator", put("InputsBucket")),
    ("annotator", delete_item(*JOB)),
    ("annotator", outside_users("ResultsBucket")),
    ("annotator", receive("JobRequestsDlq")),
    ("annotator", receive("JobResultsNotifyQueue")),
    ("utilities", put("InputsBucket")),
    ("utilities", put("ResultsBucket")),
    ("utilities", receive("JobRequestsQueue")),
    ("utilities", delete_item(*USER)),
]


@pytest.mark.parametrize(("group", "attempt"), MAY)
def test_should_be_allowed_when_the_groups_processes_do_it(
    cloud: DeployedCloud, group: str, attempt: Attempt
) -> None:
    attempt(session(cloud, group), cloud)


@pytest.mark.parametrize(("group", "attempt"), MAY_NOT)
def test_should_be_refused_when_the_groups_processes_do_not_do_it(
    cloud: DeployedCloud, group: str, attempt: Attempt
) -> None:
    with pytest.raises(ClientError) as refusal:
        attempt(session(cloud, group), cloud)

    assert refusal.value.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException")


@pytest.mark.parametrize("group", ["web", "annotator", "utilities"])
def test_should_hold_no_key_when_an_instance_runs(cloud: DeployedCloud, group: str) -> None:
    seen = environment(cloud, group)

    assert "AWS_ACCESS_KEY_ID" not in seen
    assert "AWS_SECRET_ACCESS_KEY" not in seen
    assert seen["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
