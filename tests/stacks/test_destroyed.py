"""The real command line deploys all stacks to the emulator and destroys them: what is left."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.aws.account import Account
from local.aws.cdk import BUCKET_OF_ASSETS, DEPLOY_SECONDS, Cdk
from local.aws.ec2.instance import free_port
from local.aws.emulator import Emulator
from local.host.folder import Folder

SITE = "http://127.0.0.1:8000"

List = Callable[[Account], list[str]]


def listed(service: str, operation: str, key: str, name: str) -> List:
    """List what an operation of a service tells, by one attribute of each."""

    def call(account: Account) -> list[str]:
        session: Any = account.session  # the overloads of the stubs want literals
        client = session.client(service, endpoint_url=account.endpoint_url)
        answer: dict[str, Any] = getattr(client, operation)()
        return [each if isinstance(each, str) else str(each[name]) for each in answer.get(key, [])]

    return call


COSTLY: dict[str, List] = {
    "alarms": listed("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "buckets": listed("s3", "list_buckets", "Buckets", "Name"),
    "dashboards": listed("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    "functions": listed("lambda", "list_functions", "Functions", "FunctionName"),
    "groups": listed(
        "autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups", "AutoScalingGroupName"
    ),
    "load balancers": listed("elbv2", "describe_load_balancers", "LoadBalancers", "DNSName"),
    "log groups": listed("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "queues": listed("sqs", "list_queues", "QueueUrls", ""),
    "secrets": listed("secretsmanager", "list_secrets", "SecretList", "Name"),
    "tables": listed("dynamodb", "list_tables", "TableNames", ""),
    "topics": listed("sns", "list_topics", "Topics", "TopicArn"),
    "volumes": listed("ec2", "describe_volumes", "Volumes", "VolumeId"),
    "web ACLs": lambda account: [
        str(acl["Name"])
        for acl in account.session.client("wafv2", endpoint_url=account.endpoint_url).list_web_acls(
            Scope="REGIONAL"
        )["WebACLs"]
    ],
}
"""What costs by being there."""


def present(account: Account) -> dict[str, set[str]]:
    """All that costs, except what the bootstrap stack made."""
    return {
        what: {name for name in found(account) if name != BUCKET_OF_ASSETS}
        for what, found in COSTLY.items()
    }


def usable_keys(account: Account) -> list[str]:
    """The keys of our own that aren't waiting to be deleted; those cost nothing any more."""
    kms = account.session.client("kms", endpoint_url=account.endpoint_url)
    keys = [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]]
    return [
        key["KeyId"]
        for key in keys
        if key["KeyState"] != "PendingDeletion" and key["KeyManager"] == "CUSTOMER"
    ]


@pytest.fixture(scope="module")
def cdk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cdk, Account, Folder]]:
    """The command line, with all stacks deployed to an emulator."""
    root = tmp_path_factory.mktemp("destroyed")
    folder = Folder(root=root, cache=Folder.of_repository().cache)
    folder.make()
    emulator = Emulator(folder, free_port())
    command = Cdk(folder, emulator.account)
    try:
        emulator.start()
        command.bootstrap()
        command.synthesize(SITE)
        command.deploy(lambda _: None)
        yield command, emulator.account, folder
    finally:
        command.stop()
        emulator.stop()
        shutil.rmtree(root, ignore_errors=True)


def fill(account: Account) -> None:
    """Put an object into each bucket and a message into each queue, as a stage in use has them."""
    s3 = account.client("s3")
    for bucket in COSTLY["buckets"](account):
        if bucket != BUCKET_OF_ASSETS:
            s3.put_object(Bucket=bucket, Key="users/u/j/x.vcf", Body=b"x")
            s3.put_object(Bucket=bucket, Key="users/u/j/x.vcf", Body=b"y")
    for url in COSTLY["queues"](account):
        account.client("sqs").send_message(QueueUrl=url, MessageBody="{}")


def test_should_leave_nothing_that_costs_when_all_stacks_are_destroyed(
    cdk: tuple[Cdk, Account, Folder],
) -> None:
    command, account, folder = cdk
    fill(account)
    before = present(account)
    # The laptop's stage has no functions and no volumes; all else it has.
    assert {what for what, found in before.items() if not found} <= {"functions", "volumes"}
    assert usable_keys(account)
    command._run(
        ["destroy", "--all", "--force", "--app", str(folder.assembly)],
        log=folder.logs / "destroy.log",
        seconds=DEPLOY_SECONDS,
    )
    assert {what: found for what, found in present(account).items() if found} == {}
    assert usable_keys(account) == []
