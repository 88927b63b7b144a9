"""What an instance tells its group."""

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import Stubber

from runtime.common.group import InstanceInGroup, NotInGroupError
from runtime.common.instance import Metadata
from tests.emulator import Emulator
from tests.metadata import PlayedMetadata, played_metadata

if TYPE_CHECKING:
    from mypy_boto3_autoscaling import AutoScalingClient

ID = "i-0123456789abcdef0"
MEMBERSHIP: dict[str, Any] = {
    "AutoScalingInstances": [
        {
            "InstanceId": ID,
            "AutoScalingGroupName": "annotators",
            "AvailabilityZone": "us-east-1a",
            "LifecycleState": "InService",
            "HealthStatus": "HEALTHY",
            "ProtectedFromScaleIn": False,
        }
    ]
}


@pytest.fixture
def metadata() -> Iterator[PlayedMetadata]:
    with played_metadata() as running:
        running.items["instance-id"] = ID
        yield running


@pytest.fixture
def client(emulator: Emulator) -> "AutoScalingClient":
    return emulator.session.client("autoscaling", endpoint_url=emulator.endpoint_url)


@pytest.fixture
def group(client: "AutoScalingClient", metadata: PlayedMetadata) -> InstanceInGroup:
    return InstanceInGroup(client, Metadata(metadata.environment))


def test_should_ask_for_its_group_once_when_it_is_protected_and_released(
    client: "AutoScalingClient", group: InstanceInGroup
) -> None:
    """Stubbed: the emulator has no SetInstanceProtection."""
    with Stubber(client) as stub:
        stub.add_response("describe_auto_scaling_instances", MEMBERSHIP, {"InstanceIds": [ID]})
        for protected in (True, False):
            expected = {
                "AutoScalingGroupName": "annotators",
                "InstanceIds": [ID],
                "ProtectedFromScaleIn": protected,
            }
            stub.add_response("set_instance_protection", {}, expected)
        group.protect(True)
        group.protect(False)
        stub.assert_no_pending_responses()


@pytest.mark.parametrize(("drained", "result"), [(True, "CONTINUE"), (False, "ABANDON")])
def test_should_let_its_group_go_on_when_it_has_drained(
    client: "AutoScalingClient", group: InstanceInGroup, drained: bool, result: str
) -> None:
    with Stubber(client) as stub:
        stub.add_response("describe_auto_scaling_instances", MEMBERSHIP)
        expected = {
            "LifecycleHookName": "drain",
            "AutoScalingGroupName": "annotators",
            "InstanceId": ID,
            "LifecycleActionResult": result,
        }
        stub.add_response("complete_lifecycle_action", {}, expected)
        group.complete_termination("drain", drained=drained)
        stub.assert_no_pending_responses()


def test_should_say_so_when_the_instance_is_of_no_group(group: InstanceInGroup) -> None:
    with pytest.raises(NotInGroupError, match=ID):
        group.protect(True)


@pytest.mark.parametrize(("most", "ending"), [(0, True), (2, False)])
def test_should_end_with_its_group_when_that_may_have_no_instance(
    client: "AutoScalingClient", group: InstanceInGroup, most: int, ending: bool
) -> None:
    found = {
        "AutoScalingGroupName": "annotators",
        "MinSize": 0,
        "MaxSize": most,
        "DesiredCapacity": 0,
        "DefaultCooldown": 300,
        "AvailabilityZones": ["us-east-1a"],
        "HealthCheckType": "EC2",
        "CreatedTime": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    }
    with Stubber(client) as stub:
        stub.add_response("describe_auto_scaling_instances", MEMBERSHIP)
        stub.add_response(
            "describe_auto_scaling_groups",
            {"AutoScalingGroups": [found]},
            {"AutoScalingGroupNames": ["annotators"]},
        )
        assert group.is_ending() == ending
