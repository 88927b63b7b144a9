"""Findings of cdk-nag that are accepted, with the reason."""

import hashlib
import json
import re

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
    """Return the bucket's ARN as templates of other stacks, and cdk-nag's findings, write it.

    The CDK writes it at the end of the synthesis, when nothing can ask for it any more, so this
    repeats how the CDK makes the name. Should the CDK change that, the finding isn't accepted any
    more and the validation fails.
    """
    stack = Stack.of(bucket)
    attribute = json.dumps(stack.resolve(bucket.bucket_arn), separators=(",", ":"))
    path = ["Publish", f"Output{attribute}"]
    digest = hashlib.md5("/".join(path).encode(), usedforsecurity=False).hexdigest()
    name = re.sub(r"[^A-Za-z0-9]", "", "".join(path)) + digest[:8].upper()
    value = {
        "StackName": stack.stack_name,
        "Region": Stack.of(on).resolve(stack.region),
        "OutputName": name,
    }
    return json.dumps({"Fn::GetStackOutput": value}, separators=(",", ":"))
