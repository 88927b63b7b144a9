"""Every queue of the platform has somebody who takes its messages and hears of its failures."""

import pytest

from tests.stacks.synthesis import STAGES, resources, text

PEOPLE = {
    "<RemovalsDlq>": "files that can't be deleted: the alarm calls people, who send it back",
    "<JobResultsNotifyDlq>": "an e-mail that can't be sent: the alarm calls people",
    "<JobResultsArchiveDlq>": "a result that can't be archived stays readable; the alarm calls "
    "people, who send the message back",
    "<RestoreRequestsDlq>": "a result that S3 doesn't restore stays in the archive: as above",
    "<RestoreCompletedDlq>": "a result that can't be copied back stays in the archive: as above",
}
"""Dead-letter queues that people look into, after their alarm."""


def consumed_by(stage: str) -> dict[str, set[str]]:
    """Queues by the fleets whose roles may take messages off them."""
    found: dict[str, set[str]] = {}
    for policy in resources(stage, "AWS::IAM::Policy"):
        for statement in policy.properties["PolicyDocument"]["Statement"]:
            if "sqs:ReceiveMessage" in statement["Action"]:
                on = statement["Resource"]
                for resource in on if isinstance(on, list) else [on]:
                    found.setdefault(text(resource), set()).add(policy.stack)
    return found


@pytest.mark.parametrize("stage", STAGES)
def test_should_have_one_consumer_when_a_queue_is_made(stage: str) -> None:
    consumers = consumed_by(stage)
    for queue in resources(stage, "AWS::SQS::Queue"):
        name = f"<{queue.logical_id[:-8]}>"
        if name not in PEOPLE:
            assert len(consumers.get(name, set())) == 1, name


@pytest.mark.parametrize("stage", STAGES)
def test_should_have_an_alarm_when_a_queue_holds_dead_letters(stage: str) -> None:
    watched = {
        text(dimension["Value"])
        for alarm in resources(stage, "AWS::CloudWatch::Alarm")
        for dimension in alarm.properties.get("Dimensions", [])
    }
    for queue in resources(stage, "AWS::SQS::Queue"):
        if "RedrivePolicy" in queue.properties:
            dlq = text(queue.properties["RedrivePolicy"]["deadLetterTargetArn"])
            assert dlq in watched, queue.where
