"""How an instance ends: its group waits for it to drain, and it may tell its group about itself."""

import aws_cdk as cdk
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.findings import acknowledge, acknowledge_arn

HOOK = "drain"

DRAIN = cdk.Duration.seconds(120)
"""How long a group waits for an instance that doesn't answer. Its processes finish or hand back
their work within 25 s and are killed after 40 s; the watcher looks every 5 s."""


class Lifecycle(Construct):
    """A hook before termination that the instance completes, and the permissions for it.

    The permissions name the group, so their policy is made after it. They can't be part of the
    role's other policy: the group needs that one first, for its instances to boot.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        group: autoscaling.AutoScalingGroup,
        role: iam.IRole,
        drains: bool,
        protects: bool,
    ) -> None:
        super().__init__(scope, name)
        actions = ["autoscaling:SetInstanceHealth"]
        if drains:
            actions.append("autoscaling:CompleteLifecycleAction")
            group.add_lifecycle_hook(
                "Drain",
                lifecycle_hook_name=HOOK,
                lifecycle_transition=autoscaling.LifecycleTransition.INSTANCE_TERMINATING,
                default_result=autoscaling.DefaultResult.CONTINUE,
                heartbeat_timeout=DRAIN,
            )
        if protects:
            actions.append("autoscaling:SetInstanceProtection")
        policy = iam.Policy(self, "Policy", roles=[role])
        policy.add_statements(
            iam.PolicyStatement(actions=actions, resources=[_arn(group)]),
            iam.PolicyStatement(
                actions=["autoscaling:DescribeAutoScalingInstances"], resources=["*"]
            ),
        )
        acknowledge(
            policy,
            "AwsSolutions-IAM5[Resource::*]",
            reason="Auto Scaling's descriptions can't be limited to a group.",
        )
        acknowledge_arn(
            policy,
            _arn(group),
            reason="The pattern stands for an id that no template knows; the name is the group's.",
        )


def _arn(group: autoscaling.AutoScalingGroup) -> str:
    """Return the ARN of a group by its name; the id in it is only known to Auto Scaling.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html
    """
    return (
        f"arn:{cdk.Aws.PARTITION}:autoscaling:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
        f":autoScalingGroup:*:autoScalingGroupName/{group.auto_scaling_group_name}"
    )
