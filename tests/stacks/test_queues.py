"""Every queue of the platform has somebody who takes its messages and hears of its failures."""

import pytest

from runtime.contract.environment import variable_name
from runtime.contract.processes import WorkerConfig
from tests.stacks.synthesis import SPLIT, resources, text
from tests.stacks.test_environment import PROCESSES, environment_file

PEOPLE = {
    "<RemovalsDlq>": "files that can't be deleted: the alarm calls people, who send it back",
    "<SurplusCopiesDlq>": "a copy that can't be deleted costs little: as above",
    "<JobResultsNotifyDlq>": "an email that can't be sent: the alarm calls people",
    "<JobResultsArchiveDlq>": "a result that can't be archived stays readable; the alarm calls "
    "people, who send the message back",
    "<RestoreRequestsDlq>": "a result that S3 doesn't restore stays in the archive: as above",
    "<WebhooksDlq>": "an event that isn't told: people find the fault and send the message back",
    "<RestoreCompletedDlq>": "a result that can't be copied back stays in the archive: as above",
}
"""Dead-letter queues that people look into, after their alarm."""


def consumed(stage: str) -> list[tuple[str, str]]:
    """Each queue that a process takes messages off, by its URL there, with the fleet."""
    return [
        (environment_file(stage, fleet)[variable_name(process.consumed())], fleet)
        for fleet, processes in PROCESSES.items()
        for process in processes
        if issubclass(process, WorkerConfig)
    ]


def consumed_by(stage: str) -> dict[str, set[str]]:
    """Queues by the fleets whose roles may take messages off them.

    Operators take dead letters off too, with a role of their own.
    """
    found: dict[str, set[str]] = {}
    for policy in resources(stage, "AWS::IAM::Policy"):
        if policy.logical_id.startswith("Operator"):
            continue
        for statement in policy.properties["PolicyDocument"]["Statement"]:
            if "sqs:ReceiveMessage" in statement["Action"]:
                on = statement["Resource"]
                for resource in on if isinstance(on, list) else [on]:
                    found.setdefault(text(resource), set()).add(policy.stack)
    return found


@pytest.mark.parametrize("stage", SPLIT)
def test_should_have_one_process_that_consumes_it_when_a_queue_is_made(stage: str) -> None:
    queues = {f"<{queue.logical_id[:-8]}>" for queue in resources(stage, "AWS::SQS::Queue")}
    assert sorted(name for name, _ in consumed(stage)) == sorted(queues - set(PEOPLE))


@pytest.mark.parametrize("stage", SPLIT)
def test_should_be_allowed_to_consume_when_a_process_of_the_fleet_does(stage: str) -> None:
    assert consumed_by(stage) == {name: {fleet} for name, fleet in consumed(stage)}


@pytest.mark.parametrize("stage", SPLIT)
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
