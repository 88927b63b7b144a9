"""Checks of what events for other systems need."""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from stacks.preflight.findings import Check, Finding, Verdict
from stacks.preflight.subject import Subject

TOPIC = "Event bus"
NEEDS = "the bus that events.bus names"


def bus(subject: Subject) -> Iterator[Finding]:
    """The bus is in the stage's account and region. Without it every event would be a dead letter.

    https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeEventBus.html
    """
    name = subject.stage.events.bus
    if not name:
        return
    needs = f"the bus {name}"
    try:
        subject.client("events").describe_event_bus(Name=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        do = (
            f"Create it: aws events create-event-bus --name {name} --region {subject.region}. "
            "Or remove events.bus from the stage."
        )
        yield Finding(TOPIC, needs, "no bus of this name", Verdict.FAILS, do)
    else:
        yield Finding(TOPIC, needs, "there")


CHECKS = (Check(TOPIC, NEEDS, ("events:DescribeEventBus",), bus),)
