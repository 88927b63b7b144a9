"""Each instance has the credentials of its group's role, which may do what its processes do."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
import psutil
import pytest
from botocore.credentials import ContainerProvider
from botocore.exceptions import ClientError

from local.aws.account import REGION
from local.aws.ec2.auto_scaling_groups import read_launch
from tests.cloud import DeployedCloud

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

Attempt = Callable[[boto3.Session, DeployedCloud], object]


def environment(cloud: DeployedCloud, group: str) -> dict[str, str]:
    """What the processes of one of the group's instances see."""
    instance = cloud.platform.instances.of_group(group).running[0]
    return psutil.Process(instance.process.pid).children()[0].environ()


def session(cloud: DeployedCloud, group: str) -> boto3.Session:
    """A session with the credentials that an instance of the group gets."""
    if not cloud.platform.instances.of_group(group).running:
        return assumed(cloud, group)
    credentials = ContainerProvider(environ=environment(cloud, group)).load()
    return boto3.Session(
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
        aws_session_token=credentials.token,
        region_name=REGION,
    )


def assumed(cloud: DeployedCloud, group: str) -> boto3.Session:
    """The same of a group that has no instances: the role of its launch template."""
    name = cloud.outputs[f"{group.capitalize()}Group"]
    role = read_launch(cloud.account, name).role_arn
    credentials = cloud.account.client("sts").assume_role(RoleArn=role, RoleSessionName="test")[
        "Credentials"
    ]
    return boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
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


def read_owned(owner: str) -> Attempt:
    def attempt(of: boto3.Session, cloud: DeployedCloud) -> object:
        dynamodb = of.resource("dynamodb", endpoint_url=cloud.endpoint_url)
        key = {"owner": owner, "item_id": "none"}
        return dynamodb.Table(cloud.outputs["OwnedItemsTable"]).get_item(Key=key)

    return attempt


def put_event(of: boto3.Session, cloud: DeployedCloud) -> object:
    """The stage names no bus."""
    events = of.client("events", endpoint_url=cloud.endpoint_url)
    return events.put_events(Entries=[{"Source": "gas", "DetailType": "none", "Detail": "{}"}])


def receive(output: str) -> Attempt:
    def attempt(of: boto3.Session, cloud: DeployedCloud) -> object:
        sqs = of.client("sqs", endpoint_url=cloud.endpoint_url)
        return sqs.receive_message(QueueUrl=cloud.outputs[output], VisibilityTimeout=0)

    return attempt


def put(output: str, key: str = "users/none/probe") -> Attempt:
    def attempt(of: boto3.Session, cloud: DeployedCloud) -> object:
        s3 = of.client("s3", endpoint_url=cloud.endpoint_url)
        return s3.put_object(Bucket=cloud.outputs[output], Key=key, Body=b"")

    return attempt


def outside_users(output: str) -> Attempt:
    def attempt(of: boto3.Session, cloud: DeployedCloud) -> object:
        s3 = of.client("s3", endpoint_url=cloud.endpoint_url)
        return s3.put_object(Bucket=cloud.outputs[output], Key="elsewhere", Body=b"")

    return attempt


def delete_object(output: str, key: str = "users/none/probe") -> Attempt:
    def attempt(of: boto3.Session, cloud: DeployedCloud) -> object:
        s3 = of.client("s3", endpoint_url=cloud.endpoint_url)
        return s3.delete_object(Bucket=cloud.outputs[output], Key=key)

    return attempt


def delete_version(output: str) -> Attempt:
    """Of an object that is there: its one version is deleted for good, or stays."""

    def attempt(of: boto3.Session, cloud: DeployedCloud) -> object:
        bucket, key = cloud.outputs[output], "users/none/probe"
        made = cloud.account.client("s3").put_object(Bucket=bucket, Key=key, Body=b"")
        which = {"Bucket": bucket, "Key": key, "VersionId": made.get("VersionId", "null")}
        s3 = of.client("s3", endpoint_url=cloud.endpoint_url)
        return s3.delete_object(**which)  # type: ignore[arg-type]

    return attempt


def send(output: str) -> Attempt:
    def attempt(of: boto3.Session, cloud: DeployedCloud) -> object:
        sqs = of.client("sqs", endpoint_url=cloud.endpoint_url)
        return sqs.send_message(QueueUrl=cloud.outputs[output], MessageBody="{}")

    return attempt


def _secrets(of: boto3.Session, cloud: DeployedCloud) -> "SecretsManagerClient":
    return of.client("secretsmanager", endpoint_url=cloud.endpoint_url)


def read_secret(name: str) -> Attempt:
    """Of a part of the secret's name."""

    def attempt(of: boto3.Session, cloud: DeployedCloud) -> object:
        known = _secrets(cloud.session, cloud).list_secrets()["SecretList"]
        [arn] = [secret["ARN"] for secret in known if name in secret["Name"]]
        return _secrets(of, cloud).get_secret_value(SecretId=arn)

    return attempt


def assume(fleet: str) -> Attempt:
    def attempt(of: boto3.Session, cloud: DeployedCloud) -> object:
        role = read_launch(cloud.account, cloud.outputs[f"{fleet}Group"]).role_arn
        sts = of.client("sts", endpoint_url=cloud.endpoint_url)
        return sts.assume_role(RoleArn=role, RoleSessionName="climb")

    return attempt


def for_operators(attempt: Attempt) -> Attempt:
    """What the group may do once it has taken the role for operators."""

    def taken(of: boto3.Session, cloud: DeployedCloud) -> object:
        role = environment(cloud, "web")["GAS_OPERATOR_ROLE_ARN"]
        sts = of.client("sts", endpoint_url=cloud.endpoint_url)
        given = sts.assume_role(RoleArn=role, RoleSessionName="ada")["Credentials"]
        taking = boto3.Session(
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
            region_name=REGION,
        )
        return attempt(taking, cloud)

    return taken


def describe(of: boto3.Session, cloud: DeployedCloud) -> object:
    cloudwatch = of.client("cloudwatch", endpoint_url=cloud.endpoint_url)
    autoscaling = of.client("autoscaling", endpoint_url=cloud.endpoint_url)
    return cloudwatch.describe_alarms(), autoscaling.describe_auto_scaling_groups()


def raise_capacity(of: boto3.Session, cloud: DeployedCloud) -> object:
    scaling = of.client("autoscaling", endpoint_url=cloud.endpoint_url)
    group = cloud.outputs["AnnotatorGroup"]
    return scaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=2)


def read_figures(of: boto3.Session, cloud: DeployedCloud) -> object:
    dynamodb = of.resource("dynamodb", endpoint_url=cloud.endpoint_url)
    table = dynamodb.Table(cloud.outputs["EphemeralTable"])
    return table.get_item(Key={"item_id": "figures#none"})


def scan_users(**chosen: Any) -> Attempt:
    """Read all users, with what `chosen` says of the attributes."""

    def attempt(of: boto3.Session, cloud: DeployedCloud) -> object:
        dynamodb = of.resource("dynamodb", endpoint_url=cloud.endpoint_url)
        return dynamodb.Table(cloud.outputs["UsersTable"]).scan(**chosen)

    return attempt


REFUSALS = ("AccessDenied", "AccessDeniedException")
"""What services call it when a policy doesn't allow a thing."""

FLEETS = ("web", "annotator", "utilities", "removal", "restore", "webhooks")
BUCKETS = ("InputsBucket", "ResultsBucket", "ArchiveBucket")
EXPORT = "exports/none/probe"
JOB = ("AnnotationsTable", "job_id")
USER = ("UsersTable", "user_id")
COUNTER = ("EphemeralTable", "item_id")

MAY = [
    ("web", read_item(*JOB)),
    ("web", read_item(*USER)),
    ("web", read_item(*COUNTER)),
    ("web", put("InputsBucket")),
    ("web", put("ResultsBucket", EXPORT)),
    ("annotator", read_item(*JOB)),
    ("annotator", put("ResultsBucket")),
    ("annotator", receive("JobRequestsQueue")),
    ("utilities", read_item(*JOB)),
    ("utilities", read_item(*USER)),
    ("utilities", read_figures),
    ("utilities", scan_users(ProjectionExpression="email_verified, suspended_at")),
    ("utilities", receive("JobResultsNotifyQueue")),
    ("utilities", send("JobResultsNotifyQueue")),
    ("utilities", read_owned("mails#none")),
    ("utilities", send("SurplusCopiesQueue")),
    ("utilities", receive("JobResultsArchiveQueue")),
    ("utilities", put("ArchiveBucket")),
    *(("removal", each(bucket)) for each in (delete_object, delete_version) for bucket in BUCKETS),
    ("removal", delete_object("ResultsBucket", EXPORT)),
    ("removal", receive("RemovalsQueue")),
    ("removal", receive("SurplusCopiesQueue")),
    ("removal", delete_item(*JOB)),
    ("web", send("RemovalsQueue")),
    ("web", read_secret("SessionSecret")),
    ("web", read_secret("StripeSecret")),
    ("web", for_operators(receive("RemovalsDlq"))),
    ("web", for_operators(send("RestoreCompletedQueue"))),
    ("web", for_operators(describe)),
    ("restore", receive("RestoreRequestsQueue")),
    ("restore", receive("RestoreCompletedQueue")),
    ("restore", send("JobResultsArchiveQueue")),
    ("restore", read_item(*JOB)),
    ("restore", read_item(*USER)),
    ("restore", put("ResultsBucket")),
    ("restore", send("SurplusCopiesQueue")),
    ("web", send("WebhooksQueue")),
    ("webhooks", receive("WebhooksQueue")),
    ("webhooks", send("WebhooksQueue")),
    ("webhooks", read_item(*JOB)),
    ("webhooks", read_item(*USER)),
    ("webhooks", read_owned("user#none")),
]

# The emulator doesn't hold sns:Publish and dynamodb:LeadingKeys against a role's policy:
# tests/stacks/test_roles.py and test_events.py do.
MAY_NOT = [
    ("web", put("ResultsBucket")),
    ("web", delete_object("ResultsBucket", EXPORT)),
    ("web", put("InputsBucket", EXPORT)),
    ("annotator", put("ResultsBucket", EXPORT)),
    ("restore", delete_object("ResultsBucket", EXPORT)),
    ("web", receive("JobRequestsQueue")),
    ("web", delete_item(*JOB)),
    ("web", delete_item(*USER)),
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
    ("utilities", scan_users()),
    ("utilities", scan_users(ProjectionExpression="email")),
    ("utilities", scan_users(ProjectionExpression="email_verified, password_hash")),
    ("web", scan_users(ProjectionExpression="email_verified")),
    ("web", put("ArchiveBucket")),
    ("web", send("JobRequestsQueue")),
    ("web", send("RestoreCompletedQueue")),
    ("annotator", put("ArchiveBucket")),
    *(
        (group, each(bucket))
        for group in ("web", "annotator", "utilities", "restore", "webhooks")
        for each in (delete_object, delete_version)
        for bucket in BUCKETS
    ),
    ("utilities", send("RemovalsQueue")),
    ("utilities", receive("SurplusCopiesQueue")),
    ("utilities", delete_item(*JOB)),
    ("removal", put("ResultsBucket")),
    ("removal", put("ArchiveBucket")),
    ("removal", read_item(*COUNTER)),
    ("web", receive("RemovalsQueue")),
    ("web", receive("RemovalsDlq")),
    ("web", describe),
    ("web", for_operators(receive("RemovalsQueue"))),
    ("web", for_operators(read_item(*USER))),
    ("web", for_operators(raise_capacity)),
    *(
        (group, for_operators(describe))
        for group in ("annotator", "utilities", "removal", "restore")
    ),
    ("annotator", send("RemovalsQueue")),
    ("annotator", read_secret("SessionSecret")),
    ("annotator", read_secret("StripeSecret")),
    ("annotator", read_secret("SignInSecret")),
    ("utilities", send("JobRequestsQueue")),
    ("utilities", read_secret("SessionSecret")),
    ("utilities", read_secret("StripeSecret")),
    ("utilities", read_secret("SignInSecret")),
    ("restore", send("JobRequestsQueue")),
    ("restore", receive("JobRequestsQueue")),
    ("restore", delete_item(*JOB)),
    ("restore", delete_item(*USER)),
    ("restore", put("ArchiveBucket")),
    ("restore", put("InputsBucket")),
    ("restore", outside_users("ResultsBucket")),
    ("restore", send("RemovalsQueue")),
    ("restore", read_secret("SessionSecret")),
    ("restore", read_secret("StripeSecret")),
    ("restore", read_secret("SignInSecret")),
    *(("webhooks", put(bucket)) for bucket in BUCKETS),
    ("webhooks", read_item(*COUNTER)),
    ("webhooks", delete_item(*JOB)),
    ("webhooks", receive("JobResultsNotifyQueue")),
    ("webhooks", send("JobRequestsQueue")),
    ("webhooks", send("RemovalsQueue")),
    ("webhooks", put_event),
    *(("webhooks", read_secret(f"{name}Secret")) for name in ("Session", "Stripe", "SignIn")),
    ("utilities", receive("WebhooksQueue")),
    *((group, assume("Web")) for group in FLEETS if group != "web"),
    *((group, assume("Removal")) for group in FLEETS if group != "removal"),
    *((group, raise_capacity) for group in FLEETS),
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

    assert refusal.value.response["Error"]["Code"] in (
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
    )


@pytest.mark.parametrize("group", ["web", "annotator", "utilities"])
def test_should_hold_no_key_when_an_instance_runs(cloud: DeployedCloud, group: str) -> None:
    seen = environment(cloud, group)

    assert "AWS_ACCESS_KEY_ID" not in seen
    assert "AWS_SECRET_ACCESS_KEY" not in seen
    assert seen["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
