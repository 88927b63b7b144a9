"""The emulator counts messages as CloudWatch does, and leaves alarms alone."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local.aws.account import Account
from local.aws.ec2.instance import free_port
from local.aws.emulator import Emulator
from local.host.folder import Folder


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """The account in the emulator as `up` runs it."""
    root: Path = tmp_path_factory.mktemp("emulator")
    folder = Folder(root=root / "gas", cache=root / "cache")
    folder.make()
    emulator = Emulator(folder, free_port())
    emulator.start()
    yield emulator.account
    emulator.stop()


@pytest.fixture
def queue(account: Account) -> str:
    return account.client("sqs").create_queue(QueueName=uuid.uuid4().hex)["QueueUrl"]


def sent(account: Account, queue: str) -> float:
    now = datetime.now(UTC)
    points = account.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SQS",
        MetricName="NumberOfMessagesSent",
        Dimensions=[{"Name": "QueueName", "Value": queue.rpartition("/")[2]}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    return sum(point["Sum"] for point in points)


def test_should_count_each_message_when_they_are_sent(account: Account, queue: str) -> None:
    sqs = account.client("sqs")

    sqs.send_message(QueueUrl=queue, MessageBody="one")
    sqs.send_message_batch(
        QueueUrl=queue,
        Entries=[{"Id": str(number), "MessageBody": "more"} for number in range(3)],
    )
    sqs.receive_message(QueueUrl=queue)

    assert sent(account, queue) == 4


def test_should_count_each_message_when_a_topic_delivers(account: Account, queue: str) -> None:
    sqs, sns = account.client("sqs"), account.client("sns")
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    topic = sns.create_topic(Name=uuid.uuid4().hex)["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)

    sns.publish(TopicArn=topic, Message="refused by the queue")
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    sns.publish(TopicArn=topic, Message="one")
    sns.publish(TopicArn=topic, Message="two")

    assert sent(account, queue) == 2


def test_should_leave_an_alarm_in_its_state_when_metrics_come(account: Account) -> None:
    cloudwatch = account.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="any",
        Namespace="N",
        MetricName="M",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=3,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )

    cloudwatch.put_metric_data(Namespace="N", MetricData=[{"MetricName": "M", "Value": 5}])

    (alarm,) = cloudwatch.describe_alarms(AlarmNames=["any"])["MetricAlarms"]
    assert alarm["StateValue"] == "INSUFFICIENT_DATA"
