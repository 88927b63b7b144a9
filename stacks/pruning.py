"""Leaves out of the emulator's templates what the emulator can't deploy."""

from typing import cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import IConstruct

UNKNOWN_TO_EMULATOR = frozenset(
    {
        "AWS::Budgets::Budget",
        "AWS::EC2::FlowLog",
        "AWS::EC2::SecurityGroupEgress",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::WAFv2::WebACLAssociation",
    }
)
"""Types of our stacks that the emulator refuses. No other resource refers to one."""


@jsii.implements(cdk.IAspect)
class PruneUnknownTypes:
    """Removes what the emulator refuses from a stage: these types, and alarms on metric math."""

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, cdk.CfnResource) and _is_refused(node):
            cast("IConstruct", node.node.scope).node.try_remove_child(node.node.id)


def _is_refused(resource: cdk.CfnResource) -> bool:
    if isinstance(resource, cloudwatch.CfnAlarm):
        return resource.metrics is not None
    return resource.cfn_resource_type in UNKNOWN_TO_EMULATOR
