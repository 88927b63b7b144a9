"""Reads the deployed Auto Scaling groups.

The emulator forgets the target groups of a group, so those come from the template.
"""

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.aws.account import Account
from local.errors import LocalError

if TYPE_CHECKING:
    from mypy_boto3_autoscaling.type_defs import AutoScalingGroupTypeDef
    from mypy_boto3_cloudformation import CloudFormationClient

GROUP_TYPE = "AWS::AutoScaling::AutoScalingGroup"


@dataclass(frozen=True)
class AutoScalingGroup:
    """An Auto Scaling group. `label` is the name of its stack, without the common prefix."""

    name: str
    label: str
    target_group_arns: tuple[str, ...] = ()


@dataclass(frozen=True)
class HealthCheck:
    """Whether running instances are replaced when the load balancer finds them unhealthy.

    An instance isn't replaced within `grace_seconds` of its launch.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html
    """

    by_load_balancer: bool = False
    grace_seconds: float = 0.0


@dataclass(frozen=True)
class Capacity:
    """A group's desired capacity with its bounds, and its health check."""

    minimum: int
    maximum: int
    desired: int
    health: HealthCheck = HealthCheck()

    @property
    def instances(self) -> int:
        """The desired capacity within the bounds, which the emulator doesn't enforce."""
        return max(self.minimum, min(self.maximum, self.desired))


@dataclass(frozen=True)
class Launch:
    """The parts of a launch template that an instance needs."""

    user_data: str
    role_arn: str


def find_groups(account: Account, label_prefix: str) -> list[AutoScalingGroup]:
    """Return the groups of all stacks.

    Args:
        account: where the stacks are.
        label_prefix: the common prefix of the stacks' names, which labels leave out.
    """
    client = account.client("cloudformation")
    pages = client.get_paginator("describe_stacks").paginate()
    names = [stack["StackName"] for page in pages for stack in page["Stacks"]]
    return [
        group
        for name in sorted(names)
        for group in _groups_of_stack(client, name, name.removeprefix(label_prefix))
    ]


def read_capacities(account: Account) -> dict[str, Capacity]:
    """Return the capacity of every group, by its name."""
    pages = account.client("autoscaling").get_paginator("describe_auto_scaling_groups").paginate()
    return {
        group["AutoScalingGroupName"]: Capacity(
            minimum=group["MinSize"],
            maximum=group["MaxSize"],
            desired=group["DesiredCapacity"],
            health=HealthCheck(
                by_load_balancer="ELB" in group["HealthCheckType"].split(","),
                grace_seconds=group["HealthCheckGracePeriod"],
            ),
        )
        for page in pages
        for group in page["AutoScalingGroups"]
    }


def read_launch(account: Account, group_name: str) -> Launch:
    """Read a group's launch template, in the version that the group names.

    Raises:
        LocalError: the group, its launch template or its role is missing.
    """
    template = _group(account, group_name).get("LaunchTemplate")
    if not template or "LaunchTemplateId" not in template:
        raise LocalError(f"The Auto Scaling group {group_name} has no launch template.")
    versions = account.client("ec2").describe_launch_template_versions(
        LaunchTemplateId=template["LaunchTemplateId"],
        Versions=[template.get("Version", "$Default")],
    )["LaunchTemplateVersions"]
    if not versions:
        raise LocalError(f"The launch template of {group_name} has no such version.")
    data = versions[0]["LaunchTemplateData"]
    return Launch(
        user_data=base64.b64decode(data.get("UserData", "")).decode(),
        role_arn=_role_arn(account, group_name, dict(data.get("IamInstanceProfile", {}))),
    )


def _group(account: Account, name: str) -> "AutoScalingGroupTypeDef":
    groups = account.client("autoscaling").describe_auto_scaling_groups(
        AutoScalingGroupNames=[name]
    )["AutoScalingGroups"]
    if not groups:
        raise LocalError(f"There is no Auto Scaling group {name} any more.")
    return groups[0]


def _role_arn(account: Account, group_name: str, profile: dict[str, Any]) -> str:
    name = profile.get("Name") or str(profile.get("Arn", "")).rpartition("/")[2]
    if not name:
        raise LocalError(f"The launch template of {group_name} names no instance profile.")
    roles = account.client("iam").get_instance_profile(InstanceProfileName=name)["InstanceProfile"][
        "Roles"
    ]
    if not roles:
        raise LocalError(f"The instance profile {name} holds no role.")
    return roles[0]["Arn"]


def _groups_of_stack(
    client: "CloudFormationClient", stack: str, label: str
) -> list[AutoScalingGroup]:
    pages = client.get_paginator("list_stack_resources").paginate(StackName=stack)
    resources = [resource for page in pages for resource in page["StackResourceSummaries"]]
    ids = {
        resource["LogicalResourceId"]: resource.get("PhysicalResourceId", "")
        for resource in resources
    }
    groups = [
        resource["LogicalResourceId"]
        for resource in resources
        if resource["ResourceType"] == GROUP_TYPE
    ]
    if not groups:
        return []
    template: dict[str, Any] = dict(client.get_template(StackName=stack)["TemplateBody"])
    return [
        AutoScalingGroup(
            name=ids[logical_id],
            label=label if len(groups) == 1 else f"{label}-{logical_id}",
            target_group_arns=_attached(template["Resources"][logical_id], ids),
        )
        for logical_id in groups
    ]


def _attached(resource: dict[str, Any], ids: dict[str, str]) -> tuple[str, ...]:
    """The target groups in a group's template: of the same stack, or named by their ARN."""
    arns = resource.get("Properties", {}).get("TargetGroupARNs", [])
    return tuple(ids[arn["Ref"]] if isinstance(arn, dict) else arn for arn in arns)


def site_target_group(groups: list[AutoScalingGroup]) -> str:
    """Return the ARN of the one target group that the groups are attached to.

    Raises:
        LocalError: there is none, or more than one.
    """
    arns = {arn for group in groups for arn in group.target_group_arns}
    if len(arns) != 1:
        raise LocalError(f"One target group was expected behind the site, not {sorted(arns)}.")
    return arns.pop()
