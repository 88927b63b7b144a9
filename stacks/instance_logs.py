"""Where the logs of a fleet's instances go."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from stacks.grants import allow
from stacks.stage_stack import StageStack


class InstanceLogs(Construct):
    """A log group; an instance writes a stream for its boot and one for each of its processes.

    CloudWatch Logs encrypts every group. The logs hold job ids, but no data of users.
    """

    def __init__(self, scope: Construct, name: str, *, days: int, role: iam.IRole) -> None:
        super().__init__(scope, name)
        group = logs.CfnLogGroup(self, "Group", retention_in_days=days)
        group.apply_removal_policy(StageStack.containing(self).removal)
        self.group_name = group.ref
        # The attribute ends with `:*`: the streams of this group, and no other.
        allow(role, "logs:CreateLogStream", "logs:PutLogEvents", on=group.attr_arn)
