"""What the laptop's emulator can't deploy is left out of the templates it gets."""

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
"""Types that our stacks hold and that the emulator refuses; nothing in a template refers to one."""


@jsii.implements(cdk.IAspect)
class PruneUnknownTypes:
    """Takes what the emulator refuses out of a stage that it deploys: these types, exactly, and
    alarms on metric math.
    """

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, cdk.CfnResource) and _is_refused(node):
            cast("IConstruct", node.node.scope).node.try_remove_child(node.node.id)


def _is_refused(resource: cdk.CfnResource) -> bool:
    if isinstance(resource, cloudwatch.CfnAlarm):
        return resource.metrics is not None
    return resource.cfn_resource_type in UNKNOWN_TO_EMULATOR
