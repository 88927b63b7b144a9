"""Refuses to deploy a stage whose file still holds example values.

Every stack has a CloudFormation rule for this. So the synthesis works without an account of one's
own, and whatever deploys the templates (the CDK, a pipeline or the console) is told what to fill in
before anything is made. A rule can only check parameters, hence the parameter.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
"""

from collections.abc import Sequence

import aws_cdk as cdk


def refuse_examples(stack: cdk.Stack, *, file: str, keys: Sequence[str]) -> None:
    """Make `stack` undeployable while `keys` of `file` are examples; without any, do nothing."""
    if not keys:
        return
    description = f"{file} still holds examples: fill in {', '.join(keys)}"
    left = cdk.CfnParameter(
        stack, "ExamplesLeft", type="String", default=",".join(keys), description=description
    )
    cdk.CfnRule(
        stack,
        "NoExamples",
        assertions=[
            cdk.CfnRuleAssertion(
                assert_=cdk.Fn.condition_equals(left.value_as_string, ""),
                assert_description=description,
            )
        ],
    )
