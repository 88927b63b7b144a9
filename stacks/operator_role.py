"""The role that web takes while it answers an operator."""

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.findings import acknowledge
from stacks.grants import allow, consume, send

if TYPE_CHECKING:
    from stacks.messaging import MessagingStack

READ = (
    "ce:GetCostAndUsage",
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribeScalingActivities",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
)
"""None of these can be limited to a stage: AWS has no resource for them, and narrows DescribeAlarms
only by dropping alarms from its answers.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html"""


class OperatorRole(Construct):
    """What the operator's pages need, kept apart from web's own role.

    Web's role may only assume this one. So no other page can touch these queues by mistake, and
    CloudTrail names the operator, whose id is the name of the session.

    Attributes:
        settings: its ARN, by the field of web's settings.
    """

    def __init__(self, scope: Construct, *, web: iam.Role, messaging: "MessagingStack") -> None:
        super().__init__(scope, "Operator")
        role = iam.Role(self, "Role", assumed_by=iam.ArnPrincipal(web.role_arn))
        allow(role, *READ, on="*")
        acknowledge(
            role,
            "AwsSolutions-IAM5[Resource::*]",
            reason="Costs, and descriptions of alarms, metrics and groups, have no resources.",
        )
        queues = messaging.work_queues.values()
        every = [queue.queue_arn for work in queues for queue in (work.queue, work.dlq)]
        allow(role, "sqs:GetQueueAttributes", on=every)
        for work in queues:
            consume(role, work.dlq)
            send(role, work.queue)
        allow(web, "sts:AssumeRole", on=role.role_arn)
        self.settings = {"operator_role_arn": role.role_arn}
