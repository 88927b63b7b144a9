"""A CloudFormation stack with a group, and what a group needs, like those that stacks/ makes."""

import base64
import json
import uuid
from dataclasses import dataclass
from typing import Any

from local.aws.account import ACCOUNT_ID, Account
from local.aws.ec2.auto_scaling_groups import AutoScalingGroup, find_groups

PREFIX = "gas-unit-"


@dataclass(frozen=True)
class DeployedStack:
    """The deployed stack's group, as the laptop cloud finds it."""

    account: Account
    group: AutoScalingGroup

    def set_desired(self, desired: int) -> None:
        self.account.client("autoscaling").set_desired_capacity(
            AutoScalingGroupName=self.group.name, DesiredCapacity=desired
        )


def deploy_stack(
    account: Account,
    user_data: str,
    *,
    minimum: int = 0,
    desired: int = 1,
    maximum: int = 4,
    health: tuple[str, int] = ("EC2", 0),
) -> DeployedStack:
    """Create the stack by CloudFormation's API and find its group.

    `health` is the kind of the group's health check, and its grace in seconds.
    """
    name = f"{PREFIX}{uuid.uuid4().hex[:12]}"
    sizes = {
        "MinSize": str(minimum),
        "MaxSize": str(maximum),
        "DesiredCapacity": str(desired),
        "HealthCheckType": health[0],
        "HealthCheckGracePeriod": str(health[1]),
    }
    client = account.client("cloudformation")
    client.create_stack(
        StackName=name,
        TemplateBody=json.dumps({"Resources": resources(user_data, sizes)}),
        Capabilities=["CAPABILITY_IAM"],
    )
    client.get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )
    label = name.removeprefix(PREFIX)
    group = next(group for group in find_groups(account, PREFIX) if group.label == label)
    return DeployedStack(account, group)


def resources(user_data: str, sizes: dict[str, str]) -> dict[str, Any]:
    template = {
        "UserData": base64.b64encode(user_data.encode()).decode(),
        "IamInstanceProfile": {"Arn": {"Fn::GetAtt": ["Profile", "Arn"]}},
    }
    version = {"Fn::GetAtt": ["Template", "LatestVersionNumber"]}
    return {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": trust(), "Policies": [policy()]},
        },
        "Profile": {
            "Type": "AWS::IAM::InstanceProfile",
            "Properties": {"Roles": [{"Ref": "Role"}]},
        },
        "Template": {
            "Type": "AWS::EC2::LaunchTemplate",
            "Properties": {"LaunchTemplateData": template},
        },
        "Targets": {
            "Type": "AWS::ElasticLoadBalancingV2::TargetGroup",
            "Properties": {"Protocol": "HTTP", "Port": 80, "VpcId": "vpc-1"},
        },
        "Group": {
            "Type": "AWS::AutoScaling::AutoScalingGroup",
            "Properties": {
                **sizes,
                "AvailabilityZones": ["us-east-1a"],
                "TargetGroupARNs": [{"Ref": "Targets"}],
                "LaunchTemplate": {"LaunchTemplateId": {"Ref": "Template"}, "Version": version},
            },
        },
    }


def trust() -> dict[str, Any]:
    principal = {"Service": "ec2.amazonaws.com", "AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def policy() -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"PolicyName": "queues", "PolicyDocument": document}
