"""The stage's Auto Scaling groups with their instances and scaling activities."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.web.services.operations.answers import Answer, ask, ask_all
from runtime.web.services.operations.operator_aws import OperatorAws

if TYPE_CHECKING:
    from mypy_boto3_autoscaling.type_defs import ActivityTypeDef, AutoScalingGroupTypeDef

IN_SERVICE = "InService"

MOST_ACTIVITIES = 10
"""Of a group, the last ones."""


@dataclass(frozen=True)
class Instance:
    """An instance, in Auto Scaling's words for its state and its health."""

    instance_id: str
    state: str
    health: str
    zone: str
    protected: bool


@dataclass(frozen=True)
class Group:
    """An Auto Scaling group.

    Attributes:
        name: in AWS.
        fleet: the name of the fleet in the stage's settings.
    """

    name: str
    fleet: str
    desired: int
    minimum: int
    maximum: int
    instances: tuple[Instance, ...]

    @property
    def in_service(self) -> int:
        """How many instances do their work."""
        return sum(instance.state == IN_SERVICE for instance in self.instances)


@dataclass(frozen=True)
class Activity:
    """A launch, a termination or another change of a group.

    Attributes:
        at: epoch seconds of its beginning.
        status: in Auto Scaling's word, such as Successful or Failed.
    """

    at: int
    what: str
    cause: str
    status: str


@dataclass(frozen=True)
class Fleets:
    """Reads the groups of a stage: those whose names CloudFormation made from its stacks' names."""

    stage: str
    operator_aws: OperatorAws

    def groups(self, operator_id: str) -> Answer[list[Group]]:
        """Return the groups, in the order of the fleets' names."""
        return ask("The Auto Scaling groups", lambda: self.read_groups(operator_id))

    def activities(self, operator_id: str, groups: Sequence[Group]) -> list[Answer[list[Activity]]]:
        """Return the last activities of each group, the latest first."""
        return ask_all(
            [
                (
                    f"The scaling activities of {group.fleet}",
                    # mypy doesn't know the type of a lambda's default, which holds this name.
                    lambda name=group.name: self._activities(operator_id, name),  # type: ignore[misc]
                )
                for group in groups
            ]
        )

    def read_groups(self, operator_id: str) -> list[Group]:
        """Return the groups.

        Raises:
            botocore.exceptions.ClientError, BotoCoreError: AWS refused or didn't answer.
        """
        client = self.operator_aws.clients(operator_id).autoscaling
        pages = client.get_paginator("describe_auto_scaling_groups").paginate()
        start = f"gas-{self.stage}-"
        found = [
            _group(group, group["AutoScalingGroupName"].removeprefix(start).partition("-")[0])
            for page in pages
            for group in page["AutoScalingGroups"]
            if group["AutoScalingGroupName"].startswith(start)
        ]
        return sorted(found, key=lambda group: group.fleet)

    def _activities(self, operator_id: str, name: str) -> list[Activity]:
        client = self.operator_aws.clients(operator_id).autoscaling
        found = client.describe_scaling_activities(
            AutoScalingGroupName=name, MaxRecords=MOST_ACTIVITIES
        )["Activities"]
        activities = [_activity(each) for each in found]
        return sorted(activities, key=lambda each: each.at, reverse=True)[:MOST_ACTIVITIES]


def _group(group: "AutoScalingGroupTypeDef", fleet: str) -> Group:
    return Group(
        name=group["AutoScalingGroupName"],
        fleet=fleet,
        desired=group["DesiredCapacity"],
        minimum=group["MinSize"],
        maximum=group["MaxSize"],
        instances=tuple(
            Instance(
                instance_id=each["InstanceId"],
                state=each["LifecycleState"],
                health=each["HealthStatus"],
                zone=each["AvailabilityZone"],
                protected=each["ProtectedFromScaleIn"],
            )
            for each in group.get("Instances", [])
        ),
    )


def _activity(activity: "ActivityTypeDef") -> Activity:
    return Activity(
        at=int(activity["StartTime"].timestamp()),
        what=activity.get("Description", ""),
        cause=activity["Cause"],
        status=str(activity["StatusCode"]),
    )
