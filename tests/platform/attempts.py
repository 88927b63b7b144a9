"""What an instance may try with the credentials of its group's role."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
import psutil
from botocore.credentials import ContainerProvider

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
