"""Refuses to deploy what a stage file still holds of its examples.

By a rule of CloudFormation's, in every stack: the synthesis stays possible without an account of
one's own, and whatever deploys the templates, be it the CDK, a pipeline or the console, is told
what to fill in before anything is made. A rule judges parameters alone, hence one.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
"""

from collections.abc import Sequence

import aws_cdk as cdk


def refuse_examples(stack: cdk.Stack, *, file: str, keys: Sequence[str]) -> None:
    """Make `stack` undeployable while `keys` of `file` are examples; none leaves it as it is."""
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
