"""The functions by which every permission of a role is granted."""

from collections.abc import Mapping

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
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


def read_objects(role: iam.IRole, bucket: s3.IBucket, keys: str, *actions: str) -> None:
    """Allow `role` to read objects whose keys match `keys`, and to learn that one is missing.

    Without s3:ListBucket S3 answers 403 where an object is missing, as for a lost permission. It
    checks that without a prefix, so the permission can't be limited to one:
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html

    Args:
        actions: on these objects, besides s3:GetObject.
    """
    allow(role, "s3:ListBucket", on=bucket.bucket_arn)
    allow(role, "s3:GetObject", *actions, on=bucket.arn_for_objects(keys))


def send(role: iam.IRole, queue: sqs.IQueue) -> None:
    """Allow `role` to put messages into a queue."""
    allow(role, "sqs:SendMessage", on=queue.queue_arn)


def consume(role: iam.IRole, queue: sqs.IQueue) -> None:
    """Allow `role` to take messages off a queue."""
    allow(role, *CONSUME, on=queue.queue_arn)
