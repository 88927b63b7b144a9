"""Checks of what signing in with an institution needs."""

from collections.abc import Iterator

from stacks.preflight.findings import Check, Finding, Verdict
from stacks.preflight.subject import Subject

TOPIC = "Sign-in"
NEEDS = "client secrets of the issuers"
OUTPUT = "SignInSecret"


def client_secrets(subject: Subject) -> Iterator[Finding]:
    """The secret has a value, where the stage has issuers. The value itself isn't read."""
    names = ", ".join(subject.stage.sign_in.issuers)
    if not names:
        return
    arn = _secret(subject)
    if arn is None:
        do = f"After the deployment, put those of {names} into the secret {OUTPUT}."
        yield Finding(TOPIC, NEEDS, "no secret yet", Verdict.NOTE, do)
    elif (
        not subject.client("secretsmanager").describe_secret(SecretId=arn).get("VersionIdsToStages")
    ):
        do = f"Put those of {names} into the secret {OUTPUT}: docs/sign-in.md."
        yield Finding(TOPIC, NEEDS, "a secret without a value", Verdict.NOTE, do)
    else:
        yield Finding(TOPIC, NEEDS, "a secret with a value")


def _secret(subject: Subject) -> str | None:
    """Return the ARN of the secret, by the output of the deployed stack; None before."""
    pages = subject.client("cloudformation").get_paginator("describe_stacks").paginate()
    stacks = [stack for page in pages for stack in page["Stacks"]]
    own = [stack for stack in stacks if stack["StackName"] in subject.deployed]
    outputs = [output for stack in own for output in stack.get("Outputs", [])]
    return next((o["OutputValue"] for o in outputs if o["OutputKey"] == OUTPUT), None)


CHECKS = (
    Check(
        TOPIC,
        NEEDS,
        ("cloudformation:DescribeStacks", "secretsmanager:DescribeSecret"),
        client_secrets,
    ),
)
