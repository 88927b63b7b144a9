"""Findings of cdk-nag that are accepted, with the reason."""

from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk import aws_s3 as s3
from constructs import IConstruct


def acknowledge(on: IConstruct, finding: str, *, reason: str) -> None:
    """Record at the resource why `finding` (e.g. AwsSolutions-EC23) is accepted."""
    Validations.of(on).acknowledge(Acknowledgment(id=finding, reason=reason))


def acknowledge_arn(on: IConstruct, arn: str, *, reason: str) -> None:
    """Record why `on` may act on every resource that the pattern `arn` matches.

    cdk-nag writes a reference in angle brackets, so `arn` names partition, region and account by
    references, also where they are known.
    """
    [_, parts] = Stack.of(on).resolve(arn)["Fn::Join"]
    found = "".join(part if isinstance(part, str) else f"<{part['Ref']}>" for part in parts)
    acknowledge(on, f"AwsSolutions-IAM5[Resource::{found}]", reason=reason)


def acknowledge_pattern(role: IConstruct, bucket: s3.Bucket, keys: str, *, reason: str) -> None:
    """Record why `role` may use all objects of another stack's bucket whose keys match `keys`."""
    resource = f"{_reference(bucket, role)}/{keys}"
    acknowledge(role, f"AwsSolutions-IAM5[Resource::{resource}]", reason=reason)


def _reference(bucket: s3.Bucket, on: IConstruct) -> str:
    """Return the name of the export of the bucket's ARN, which findings have for the ARN."""
    imported = Stack.of(on).resolve(Stack.of(bucket).export_value(bucket.bucket_arn))
    return str(imported["Fn::ImportValue"])
