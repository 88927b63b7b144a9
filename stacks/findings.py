"""Findings of the checks at synthesis that are meant to be so."""

import hashlib
import json
import re

from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk import aws_s3 as s3
from constructs import IConstruct


def acknowledge(on: IConstruct, finding: str, *, reason: str) -> None:
    """Say, beside the resource, why `finding` (e.g. AwsSolutions-EC23) is none there."""
    Validations.of(on).acknowledge(Acknowledgment(id=finding, reason=reason))


def acknowledge_pattern(role: IConstruct, bucket: s3.Bucket, keys: str, *, reason: str) -> None:
    """Say why `role` may use all objects of another stack's bucket whose keys match `keys`."""
    resource = f"{_reference(bucket, role)}/{keys}"
    acknowledge(role, f"AwsSolutions-IAM5[Resource::{resource}]", reason=reason)


def _reference(bucket: s3.Bucket, on: IConstruct) -> str:
    """The bucket's ARN as templates of other stacks write it: cdk-nag names findings by that.

    The CDK puts it there at the end of the synthesis, after what can be asked for it. A name that
    it would make otherwise one day fails the validation; nothing passes by that.
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
