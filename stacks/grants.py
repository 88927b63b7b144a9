"""The functions by which every permission of a role is granted."""

from collections.abc import Mapping

from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs

CONSUME = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility")


def allow(
    role: iam.IRole,
    *actions: str,
    on: str | list[str],
    only_if: Mapping[str, Mapping[str, list[str]]] | None = None,
) -> None:
    """Allow `role` these actions on these resources; `on` names each in full.

    `only_if` holds conditions as in a policy: operator, condition key, values.
    """
    role.add_to_principal_policy(
        iam.PolicyStatement(
            actions=list(actions),
            resources=[on] if isinstance(on, str) else on,
            conditions=only_if,
        )
    )


def send(role: iam.IRole, queue: sqs.IQueue) -> None:
    """Allow `role` to put messages into a queue."""
    allow(role, "sqs:SendMessage", on=queue.queue_arn)


def consume(role: iam.IRole, queue: sqs.IQueue) -> None:
    """Allow `role` to take messages off a queue."""
    allow(role, *CONSUME, on=queue.queue_arn)
