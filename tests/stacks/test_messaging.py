"""Topics, queues, and who may write to them."""

import pytest

from runtime.web.services.operations.letter_facts import PARSERS
from tests.stacks.synthesis import SPLIT, STAGES, of_every_stage, resources, templates, text

QUEUES = {
    "JobRequests": "JobRequestsTopic",
    "JobResultsNotify": "JobResultsTopic ResultMovesTopic",
    "JobResultsArchive": "JobResultsTopic",
    "RestoreRequests": None,
    "RestoreCompleted": None,
    "Removals": None,
    "SurplusCopies": None,
    "Webhooks": "JobResultsTopic ResultMovesTopic",
}
"""Every queue, and the topics that it listens to."""

SEES_OUTAGES_THROUGH = {
    *(
        "JobResultsNotify",
        "JobResultsArchive",
        "RestoreRequests",
        "RestoreCompleted",
        "Removals",
        "SurplusCopies",
        "Webhooks",
    ),
}

DAY_SECONDS = 86_400
DEFAULT_RETENTION_SECONDS = 4 * DAY_SECONDS


@pytest.mark.parametrize("stage", STAGES)
def test_should_have_a_dead_letter_queue_that_keeps_longer_when_a_queue_works(stage: str) -> None:
    queues = {queue.logical_id[:-8]: queue for queue in resources(stage, "AWS::SQS::Queue")}
    assert set(queues) == {f"{name}{kind}" for name in QUEUES for kind in ("Queue", "Dlq")}
    for name in QUEUES:
        work, dlq = queues[f"{name}Queue"].properties, queues[f"{name}Dlq"].properties
        assert text(work["RedrivePolicy"]["deadLetterTargetArn"]) == f"<{name}Dlq>"
        receives = 10 if name in SEES_OUTAGES_THROUGH else 3
        assert work["RedrivePolicy"]["maxReceiveCount"] == receives
        assert work["VisibilityTimeout"] == 60
        kept = work.get("MessageRetentionPeriod", DEFAULT_RETENTION_SECONDS)
        assert dlq["MessageRetentionPeriod"] == 14 * DAY_SECONDS > kept


def test_should_be_encrypted_when_a_resource_carries_messages() -> None:
    for stage, queue in of_every_stage("AWS::SQS::Queue"):
        assert queue.properties["SqsManagedSseEnabled"] is True, (stage, queue.where)
    for stage, topic in of_every_stage("AWS::SNS::Topic"):
        assert "KmsMasterKeyId" in topic.properties, (stage, topic.where)


@pytest.mark.parametrize(("stage", "seconds"), [("local", 120), ("dev", 900), ("prod", 900)])
def test_should_delay_what_arrives_when_a_queue_carries_the_timer(stage: str, seconds: int) -> None:
    """The first hop: as long as the retention lasts, and no longer than SQS allows."""
    delays = {
        queue.logical_id[:-8]: queue.properties.get("DelaySeconds", 0)
        for queue in resources(stage, "AWS::SQS::Queue")
    }
    assert delays.pop("JobResultsArchiveQueue") == seconds
    assert set(delays.values()) == {0}


@pytest.mark.parametrize("stage", STAGES)
def test_should_get_raw_messages_of_its_topic_when_a_queue_subscribes(stage: str) -> None:
    subscriptions = set()
    for subscription in resources(stage, "AWS::SNS::Subscription"):
        if subscription.properties["Protocol"] == "sqs":
            assert subscription.properties["RawMessageDelivery"] is True
            queue = text(subscription.properties["Endpoint"])
            subscriptions.add((queue, text(subscription.properties["TopicArn"])))
    expected = {
        (f"<{name}Queue>", f"<{topic}>")
        for name, topics in QUEUES.items()
        if topics
        for topic in topics.split()
    }
    assert subscriptions == expected


@pytest.mark.parametrize("stage", STAGES)
def test_should_admit_only_its_source_when_a_service_writes_to_a_queue(stage: str) -> None:
    writers = {}
    for policy in resources(stage, "AWS::SQS::QueuePolicy"):
        for statement in policy.properties["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow":
                assert statement["Action"] == "sqs:SendMessage"
                writers[text(statement["Resource"])] = statement["Principal"]["Service"]
                assert "aws:SourceArn" in str(statement["Condition"])
    sns = {f"<{name}Queue>": "sns.amazonaws.com" for name, topic in QUEUES.items() if topic}
    assert writers == {**sns, "<RestoreCompletedQueue>": "s3.amazonaws.com"}


OUTPUTS = {
    "storage": "InputsBucket ResultsBucket ArchiveBucket AnnotationsTable UsersTable "
    "EphemeralTable",
    "messaging": "JobRequestsTopic JobResultsTopic ResultMovesTopic "
    "JobRequestsQueue JobRequestsDlq "
    "JobResultsNotifyQueue JobResultsNotifyDlq JobResultsArchiveQueue JobResultsArchiveDlq "
    "RestoreRequestsQueue RestoreRequestsDlq RestoreCompletedQueue RestoreCompletedDlq "
    "RemovalsQueue RemovalsDlq SurplusCopiesQueue SurplusCopiesDlq WebhooksQueue WebhooksDlq",
    "web": "SiteUrl WebGroup",
    "annotator": "AnnotatorGroup",
    "utilities": "UtilitiesGroup",
    "removal": "RemovalGroup",
    "restore": "RestoreGroup",
    "webhooks": "WebhooksGroup",
    "monitoring": "OpsTopic",
}


@pytest.mark.parametrize("stage", SPLIT)
@pytest.mark.parametrize(("stack", "outputs"), OUTPUTS.items(), ids=OUTPUTS)
def test_should_tell_what_was_deployed_when_a_tool_reads_the_outputs(
    stage: str, stack: str, outputs: str
) -> None:
    assert set(outputs.split()) <= set(templates(stage)[stack]["Outputs"])


@pytest.mark.parametrize("stage", STAGES)
def test_should_let_alarms_and_scaling_in_when_the_ops_topic_is_encrypted(stage: str) -> None:
    """A topic's policy and its key's must both admit who publishes: else alarms fall silent."""
    [policy] = [
        policy
        for policy in resources(stage, "AWS::SNS::TopicPolicy")
        if text(policy.properties["Topics"][0]) == "<OpsTopic>"
    ]
    admitted = [
        statement["Principal"]["Service"]
        for statement in policy.properties["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert admitted == ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]
    [key] = resources(stage, "AWS::KMS::Key")
    encrypting = [
        statement
        for statement in key.properties["KeyPolicy"]["Statement"]
        if statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    ]
    alarms, scaling = encrypting
    assert alarms["Principal"] == {"Service": ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]}
    only = scaling["Condition"]["StringEquals"]
    assert text(only["aws:PrincipalArn"]).endswith("/AWSServiceRoleForAutoScaling")
    assert text(only["kms:CallerAccount"]) == "<AWS::AccountId>"


def test_should_be_readable_for_operators_when_a_message_of_a_queue_is_dead() -> None:
    assert set(PARSERS) == set(QUEUES)
