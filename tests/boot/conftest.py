"""Instances of the deployed platform, booted as EC2 boots them, in a network without a way out."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.aws.ec2.auto_scaling_groups import read_launch
from local.host.folder import Folder
from local.host.http_server import LoopThread
from tests.boot.instance import BootedInstance, booting
from tests.boot.machine import NotHere, release
from tests.boot.namespace import namespace
from tests.boot.rootfs import root_file_system
from tests.cloud import DeployedCloud
from tests.metadata import PlayedMetadata, played_metadata

METADATA_ADDRESS = "169.254.169.254"
EMULATOR_ADDRESS = "192.0.2.1"
"""https://www.rfc-editor.org/rfc/rfc5737: for documentation, so nobody's"""

Boot = Callable[[str], "Booted"]


@dataclass(frozen=True)
class Booted:
    """An instance of a fleet, and what EC2 tells it."""

    instance: BootedInstance
    metadata: PlayedMetadata
    emulator_url: str


@pytest.fixture(scope="session")
def rootfs() -> Path:
    """A Debian root file system; without root there is none, which only CI takes for a failure."""
    try:
        return root_file_system(Folder.of_repository().cache / "boot", release())
    except NotHere as reason:
        if os.environ.get("CI"):
            pytest.fail(f"no instance can boot here: {reason}")
        pytest.skip(f"no instance can boot here: {reason}")


@pytest.fixture(scope="session")
def boot(
    rootfs: Path, cloud: DeployedCloud, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Boot]:
    """Boots one instance of a fleet, by the name of its stack, with its role and user data."""
    with booter(rootfs, cloud, tmp_path_factory) as start:
        yield start


@contextmanager
def booter(rootfs: Path, cloud: DeployedCloud, folders: pytest.TempPathFactory) -> Iterator[Boot]:
    """Boots instances of a platform, and ends them with the context."""
    with ExitStack() as running:
        servers = running.enter_context(LoopThread())

        def start(fleet: str) -> Booted:
            group = cloud.platform.instances.of_group(fleet).group
            launch = read_launch(cloud.account, group.name)
            network = running.enter_context(namespace())
            metadata = running.enter_context(played_metadata(network.listen(METADATA_ADDRESS, 80)))
            metadata.items |= role_items(cloud, launch.role_arn)
            metadata.items["instance-id"] = member(cloud, group.name)
            port = int(cloud.endpoint_url.rpartition(":")[2])
            url = running.enter_context(network.forwarding(servers, EMULATOR_ADDRESS, port))
            endpoints = cloud.account.endpoint_variables
            instance = running.enter_context(
                booting(
                    rootfs,
                    folders.mktemp(fleet),
                    network=network,
                    user_data=launch.user_data,
                    environment={
                        name: url if value == cloud.endpoint_url else value
                        for name, value in endpoints.items()
                    },
                )
            )
            return Booted(instance, metadata, url)

        yield start


def member(cloud: DeployedCloud, group: str) -> str:
    """The id of an instance that the group lists; the emulator lists some once it is told to."""
    client = cloud.account.client("autoscaling")
    [found] = client.describe_auto_scaling_groups(AutoScalingGroupNames=[group])[
        "AutoScalingGroups"
    ]
    client.set_desired_capacity(
        AutoScalingGroupName=group, DesiredCapacity=max(found["MinSize"], found["DesiredCapacity"])
    )
    [found] = client.describe_auto_scaling_groups(AutoScalingGroupNames=[group])[
        "AutoScalingGroups"
    ]
    return found["Instances"][0]["InstanceId"]


def role_items(cloud: DeployedCloud, role_arn: str) -> dict[str, str]:
    """The credentials of the instance's role, as the metadata service hands them out."""
    keys = cloud.account.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="booted")[
        "Credentials"
    ]
    name = role_arn.rpartition("/")[2]
    credentials = {
        "Code": "Success",
        "Type": "AWS-HMAC",
        "LastUpdated": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "AccessKeyId": keys["AccessKeyId"],
        "SecretAccessKey": keys["SecretAccessKey"],
        "Token": keys["SessionToken"],
        "Expiration": keys["Expiration"].strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    prefix = "iam/security-credentials/"
    return {prefix: name, f"{prefix}{name}": json.dumps(credentials)}


@pytest.fixture(scope="session")
def web(boot: Boot) -> Booted:
    """A web instance, booted."""
    booted = boot("web")
    booted.instance.wait_until_booted()
    return booted


@pytest.fixture(scope="session")
def annotator(boot: Boot) -> Booted:
    """An annotator, booted."""
    booted = boot("annotator")
    booted.instance.wait_until_booted()
    return booted
