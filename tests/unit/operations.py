"""The role for operators, and the queues that it reaches, on the emulator."""

import json
from collections.abc import Mapping

from runtime.contract.work_queues import WorkQueue, encode_queues
from tests.emulator import Emulator
from tests.unit.queues import create_queue

QUEUES = ("JobRequests", "JobResultsNotify", "RestoreCompleted", "Removals")
"""Some of those that a stage has, one of each kind."""

MAY = (
    *("sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:SendMessage"),
    *("sqs:ChangeMessageVisibility", "sqs:ChangeMessageVisibilityBatch"),
    *("cloudwatch:GetMetricData", "cloudwatch:DescribeAlarms"),
    *("autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeScalingActivities"),
)
"""Unlike the laptop's, the emulator of unit tests wants a permission for batches."""


def create_work_queues(emulator: Emulator) -> str:
    """Create queues with dead-letter queues; return them as web's setting."""
    made = {name: create_queue(emulator) for name in QUEUES}
    return encode_queues(
        WorkQueue(name, queue.url, queue.dead_letter_url) for name, queue in made.items()
    )


def create_operator_role(emulator: Emulator, name: str) -> str:
    """Create a role that the account's root may take; return its ARN."""
    iam = emulator.session.client("iam", endpoint_url=emulator.endpoint_url)
    root = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName=f"operator-{name}", AssumeRolePolicyDocument=_policy(root))[
        "Role"
    ]
    iam.put_role_policy(
        RoleName=role["RoleName"],
        PolicyName="operator",
        PolicyDocument=_policy({"Effect": "Allow", "Action": list(MAY), "Resource": "*"}),
    )
    return role["Arn"]


def _policy(statement: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
