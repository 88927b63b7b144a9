"""How an instance ends: its group waits for it to drain, and it may tell its group about itself."""

import aws_cdk as cdk
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.booting import resource_of
from stacks.findings import acknowledge, acknowledge_arn

HOOK = "drain"

DRAIN = cdk.Duration.seconds(120)
"""How long a group waits for an instance that doesn't answer. Its processes finish or hand back
their work within 25 s and are killed after 40 s; the watcher looks every 5 s."""


class Lifecycle(Construct):
    """A hook before termination that the instance completes, and the permissions for it.

    The group depends on the policy, so that the policy is deleted after it: a busy instance of a
    group that is being deleted must be able to give its protection up.
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
        descriptions = ["autoscaling:DescribeAutoScalingInstances"]
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
            descriptions.append("autoscaling:DescribeAutoScalingGroups")
        policy = iam.Policy(self, "Policy", roles=[role])
        policy.add_statements(
            iam.PolicyStatement(actions=actions, resources=[_arn(group)]),
            iam.PolicyStatement(actions=descriptions, resources=["*"]),
        )
        group.node.add_dependency(policy)
        acknowledge(
            policy,
            "AwsSolutions-IAM5[Resource::*]",
            reason="Auto Scaling's descriptions can't be limited to a group.",
        )
        acknowledge_arn(
            policy,
            _arn(group),
            reason="Patterns stand for what Auto Scaling and CloudFormation make up: an id, and "
            "the end of the name of this group.",
        )


def _arn(group: autoscaling.AutoScalingGroup) -> str:
    """Return the ARN of a group by the beginning of its name, which CloudFormation generates.

    A reference to the group would have the policy made after it, and deleted before it. The id in
    the ARN is only known to Auto Scaling.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html
    """
    stack = cdk.Stack.of(group)
    name = f"{stack.stack_name}-{stack.get_logical_id(resource_of(group))}-*"
    return (
        f"arn:{cdk.Aws.PARTITION}:autoscaling:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
        f":autoScalingGroup:*:autoScalingGroupName/{name}"
    )
