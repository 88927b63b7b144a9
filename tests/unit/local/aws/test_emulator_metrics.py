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


def stored(account: Account, bucket: str, metric: str, storage_type: str) -> list[float]:
    now = datetime.now(UTC)
    dimensions = {"BucketName": bucket, "StorageType": storage_type}
    [found] = account.client("cloudwatch").get_metric_data(
        StartTime=now - timedelta(days=2),
        EndTime=now + timedelta(days=1),
        MetricDataQueries=[
            {
                "Id": "stored",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/S3",
                        "MetricName": metric,
                        "Dimensions": [
                            {"Name": key, "Value": value} for key, value in dimensions.items()
                        ],
                    },
                    "Period": 86_400,
                    "Stat": "Average",
                },
            }
        ],
    )["MetricDataResults"]
    return found["Values"]


def test_should_measure_every_version_by_class_when_a_bucket_is_asked_about(
    account: Account,
) -> None:
    s3, bucket = account.client("s3"), uuid.uuid4().hex
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"four", b"sixsix"):
        s3.put_object(Bucket=bucket, Key="a", Body=body)
    s3.put_object(Bucket=bucket, Key="b", Body=b"three", StorageClass="GLACIER")

    for _ in range(2):  # asking doesn't change the answer
        assert stored(account, bucket, "BucketSizeBytes", "StandardStorage") == [10]
        assert stored(account, bucket, "BucketSizeBytes", "GlacierStorage") == [5]
        assert stored(account, bucket, "NumberOfObjects", "AllStorageTypes") == [3]
    assert stored(account, bucket, "BucketSizeBytes", "DeepArchiveStorage") == []
