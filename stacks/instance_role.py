"""The role that the instances of a fleet have."""

from aws_cdk import aws_iam as iam
from constructs import Construct


def instance_role(scope: Construct, *, assumable_by_account: bool) -> iam.Role:
    """A role for EC2 that is allowed nothing yet.

    `assumable_by_account` is for the laptop alone, where no EC2 hands its credentials out.
    """
    principals: list[iam.IPrincipal] = [iam.ServicePrincipal("ec2.amazonaws.com")]
    if assumable_by_account:
        principals.append(iam.AccountRootPrincipal())
    return iam.Role(scope, "Role", assumed_by=iam.CompositePrincipal(*principals))
