"""The role that the instances of a fleet have."""

from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.findings import acknowledge
from stacks.grants import allow

SESSIONS = (
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
"""What people need to open a session on an instance through Session Manager, without SSH keys.

https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
"""


SPANS = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")
"""What the CloudWatch agent needs to send spans, and reports about them, to X-Ray.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html"""


def instance_role(scope: Construct, *, assumable_by_account: bool, traced: bool) -> iam.Role:
    """Return a role for EC2 that may open sessions for people on call, and if `traced` send spans.

    `assumable_by_account` is for the laptop only, where no EC2 provides its credentials.
    """
    principals: list[iam.IPrincipal] = [iam.ServicePrincipal("ec2.amazonaws.com")]
    if assumable_by_account:
        principals.append(iam.AccountRootPrincipal())
    role = iam.Role(scope, "Role", assumed_by=iam.CompositePrincipal(*principals))
    allow(role, *SESSIONS, on="*")
    if traced:
        allow(role, *SPANS, on="*")
    acknowledge(
        role,
        "AwsSolutions-IAM5[Resource::*]",
        reason="Neither Session Manager's channels nor spans are resources that a policy could "
        "name.",
    )
    return role
