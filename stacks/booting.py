"""A deployment that waits for its instances to boot, and fails when one doesn't.

CloudFormation's rolling update does this, rather than an instance refresh: each instance signals
how its boot ended (a web instance succeeds when /health answers 200), the deployment succeeds or
fails by these signals, and a failure is rolled back together with the rest of the stack.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatepolicy.html
"""

import aws_cdk as cdk
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_iam as iam

from stacks.grants import allow
from stacks.settings import Fleet


def rolling_update(size: Fleet, *, awaits_boot: bool) -> autoscaling.UpdatePolicy:
    """Replace the instances one by one when user data changes, which a new asset does too."""
    return autoscaling.UpdatePolicy.rolling_update(
        max_batch_size=1,
        min_instances_in_service=min(size.min, size.max - 1),
        wait_on_resource_signals=awaits_boot,
        pause_time=cdk.Duration.seconds(size.boot_seconds),
    )


def await_boot(
    group: autoscaling.AutoScalingGroup, size: Fleet, *, role: iam.IRole, awaits_boot: bool
) -> None:
    """Let the group's instances signal how their boot ended.

    A new group is complete when each of its first instances has signalled success. An instance
    that signals failure fails the deployment at once; so does one that is silent for too long.
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
    """Return the CloudFormation resource of the CDK's group."""
    resource = group.node.default_child
    if not isinstance(resource, autoscaling.CfnAutoScalingGroup):
        raise TypeError("the CDK's group has no CfnAutoScalingGroup any more")
    return resource
