"""A deployment that waits for its instances to boot, and fails when one doesn't.

By CloudFormation's rolling update and not by an instance refresh: a deployment then ends with what
its instances said, the gate is the instance's own signal (a web instance gives it when /health
answers), and what fails is rolled back together with the rest of the stack.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatepolicy.html
"""

import aws_cdk as cdk
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_iam as iam

from stacks.grants import allow
from stacks.settings import FleetSize


def rolling_update(size: FleetSize, *, awaits_boot: bool) -> autoscaling.UpdatePolicy:
    """New user data, so a new asset too, replaces the instances one by one."""
    return autoscaling.UpdatePolicy.rolling_update(
        max_batch_size=1,
        min_instances_in_service=min(size.min, size.max - 1),
        wait_on_resource_signals=awaits_boot,
        pause_time=cdk.Duration.seconds(size.boot_seconds),
    )


def await_boot(
    group: autoscaling.AutoScalingGroup, size: FleetSize, *, role: iam.IRole, awaits_boot: bool
) -> None:
    """Let the group's instances signal how their boot ended.

    A new group is complete when each of its first instances has signalled success. One that
    signals failure fails the deployment at once, one that is silent when its time is over.
    """
    first = size.min if size.desired is None else size.desired
    if awaits_boot and first:
        resource_of(group).cfn_options.creation_policy = cdk.CfnCreationPolicy(
            resource_signal=cdk.CfnResourceSignal(
                count=first, timeout=cdk.Duration.seconds(size.boot_seconds).to_iso_string()
            )
        )
    allow(role, "cloudformation:SignalResource", on=cdk.Stack.of(group).stack_id)


def resource_of(group: autoscaling.AutoScalingGroup) -> autoscaling.CfnAutoScalingGroup:
    """Return the resource in the template behind the CDK's group."""
    resource = group.node.default_child
    if not isinstance(resource, autoscaling.CfnAutoScalingGroup):
        raise TypeError("the CDK's group is no resource any more")
    return resource
