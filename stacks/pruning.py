"""What the laptop's emulator can't deploy is left out of the templates it gets."""

from typing import cast

import aws_cdk as cdk
import jsii
from constructs import IConstruct

UNKNOWN_TO_EMULATOR = frozenset(
    {
        "AWS::EC2::FlowLog",
        "AWS::EC2::SecurityGroupEgress",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::WAFv2::WebACLAssociation",
    }
)
"""Types that our stacks hold and that the emulator refuses; nothing in a template refers to one."""


@jsii.implements(cdk.IAspect)
class PruneUnknownTypes:
    """Takes resources of exactly these types out of a stage that the emulator deploys."""

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, cdk.CfnResource) and node.cfn_resource_type in UNKNOWN_TO_EMULATOR:
            cast("IConstruct", node.node.scope).node.try_remove_child(node.node.id)
