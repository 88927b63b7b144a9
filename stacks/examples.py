"""Refuses to deploy a stage whose file still holds example values.

Every stack has a CloudFormation rule for this. So the synthesis works without an account of one's
own, and whatever deploys the templates (the CDK, a pipeline or the console) is told what to fill in
before anything is made. A rule can only check parameters, hence the parameter.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
"""

import re

import aws_cdk as cdk

from stacks.settings import Stage

EXAMPLE = re.compile(
    r"(^|[@.])example\.(com|net|org)$|:123456789012:|_EXAMPLE$|^(192\.0\.2|198\.51\.100|203\.0\.113)\."
)
"""A domain or network that is reserved for examples, the account of AWS's documentation, or an id
at Stripe that ends in _EXAMPLE.
https://www.rfc-editor.org/rfc/rfc2606#section-3
https://www.rfc-editor.org/rfc/rfc5737"""


def example_keys(stage: Stage) -> list[str]:
    """Keys that still hold example values, which a stage must replace before it goes to AWS."""
    if stage.emulator:
        return []
    values = {
        "mail.sender": stage.mail.sender,
        "mail.domain": stage.mail.domain,
        "mail.ops_email": stage.mail.ops_email,
        "stripe.plan": stage.stripe.plan,
        "stripe.publishable_key": stage.stripe.publishable_key,
    }
    if examples := [each for each in stage.network.allowed_cidrs if EXAMPLE.search(each)]:
        values["network.allowed_cidrs"] = examples[0]
    if stage.site:
        values["site.domain"] = stage.site.domain
        values["site.certificate_arn"] = stage.site.certificate_arn
    return sorted(key for key, value in values.items() if value and EXAMPLE.search(value))


def refuse_examples(stack: cdk.Stack, stage: Stage) -> None:
    """Make `stack` undeployable while `stage` holds examples; without any, do nothing."""
    keys = example_keys(stage)
    if not keys:
        return
    description = f"stages/{stage.name}.toml still holds examples: fill in {', '.join(keys)}"
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
