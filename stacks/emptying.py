"""The log of the CDK's function that empties buckets before they are deleted."""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_logs as logs

from stacks.stage_stack import StageStack

PROVIDER = "Custom::S3AutoDeleteObjectsCustomResourceProvider"


def keep_emptying_logs(stack: StageStack) -> None:
    """Give the function of `stack` a log group that is deleted with it, and leave to write to that.

    By default Lambda makes a group of its own, which no stack deletes and which keeps its events
    for ever. The function's role may no more create one.
    """
    if not stack.stage.empties_buckets:
        return
    provider = stack.node.find_child(PROVIDER)
    function = cast("cdk.CfnResource", provider.node.find_child("Handler"))
    role = cast("cdk.CfnResource", provider.node.find_child("Role"))
    group = logs.CfnLogGroup(stack, "EmptyingLogs", retention_in_days=stack.stage.data.logs_days)
    group.apply_removal_policy(cdk.RemovalPolicy.DESTROY)
    function.add_property_override("LoggingConfig", {"LogGroup": group.ref})
    role.add_property_deletion_override("ManagedPolicyArns")
    statement = {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": group.attr_arn,
    }
    policy = {
        "PolicyName": "Logs",
        "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
    }
    role.add_property_override("Policies", [policy])
