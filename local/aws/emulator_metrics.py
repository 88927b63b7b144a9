"""CloudWatch's metrics of SQS and S3 that the emulator doesn't keep.

It counts each message that is sent to a queue, and what a bucket holds whenever that is asked for.
S3 itself measures once a day. The age of a queue's oldest message is noted whenever its attributes
are read, which local/aws/autoscaling does once a minute.

At every datum, ministack 1.5.33 also evaluates every alarm, but ignores dimensions, periods and
missing data. This turns that off: local/aws/autoscaling evaluates the alarms.
"""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from ministack.services import cloudwatch, s3, sns, sqs

from runtime.contract.cloudwatch import (
    EVERY_STORAGE_TYPE,
    STORAGE_NAMESPACE,
    STORED_BYTES,
    STORED_OBJECTS,
)
from scaling.policies import MESSAGES_SENT

Deliver = Callable[..., None]
Send = Callable[[dict[str, Any], str], dict[str, Any]]
GetMetricData = Callable[..., object]

STORAGE_TYPES = {
    "STANDARD": "StandardStorage",
    "STANDARD_IA": "StandardIAStorage",
    "GLACIER_IR": "GlacierInstantRetrievalStorage",
    "GLACIER": "GlacierStorage",
    "DEEP_ARCHIVE": "DeepArchiveStorage",
}
"""What CloudWatch calls a storage class."""


def keep_metrics() -> None:
    """Patch the emulator in this process before it runs."""
    cloudwatch._evaluate_all_alarms = lambda: None
    cloudwatch._get_metric_data = measuring_buckets(cloudwatch._get_metric_data)
    sns._deliver_to_sqs = counting_deliveries(sns._deliver_to_sqs)
    # A batch sends its messages one by one, through the module's attribute.
    sqs._act_send_message = counting_sends(sqs._act_send_message)
    sqs._HANDLERS["SendMessage"] = sqs._act_send_message
    attributes = noting_ages(sqs._act_get_queue_attributes)
    sqs._HANDLERS["GetQueueAttributes"] = attributes


def counting_deliveries(deliver: Deliver) -> Deliver:
    """Return SNS's delivery to a queue, which then counts the delivered messages."""

    def wrapped(endpoint: str, *args: object, **options: object) -> None:
        queue = sqs._queue_by_arn(endpoint)
        before = len(queue["messages"]) if queue else 0
        deliver(endpoint, *args, **options)
        if queue and len(queue["messages"]) > before:
            _count(queue["name"])

    return wrapped


def counting_sends(send: Send) -> Send:
    """Return SendMessage, which then counts the accepted messages."""

    def wrapped(data: dict[str, Any], url: str) -> dict[str, Any]:
        answer = send(data, url)
        _count(sqs._get_q(data.get("QueueUrl", url))["name"])
        return answer

    return wrapped


def noting_ages(get: Send) -> Send:
    """Return GetQueueAttributes, which then notes the age of the queue's oldest message."""

    def wrapped(data: dict[str, Any], url: str) -> dict[str, Any]:
        answer = get(data, url)
        queue = sqs._get_q(data.get("QueueUrl", url))
        now = time.time()
        oldest = min((message.get("sent_at", now) for message in queue["messages"]), default=now)
        cloudwatch.record_metric(
            "AWS/SQS",
            "ApproximateAgeOfOldestMessage",
            now - oldest,
            "Seconds",
            {"QueueName": queue["name"]},
        )
        return answer

    return wrapped


def measuring_buckets(get: GetMetricData) -> GetMetricData:
    """Return GetMetricData, which first measures the buckets if their metrics are asked for."""

    def wrapped(*request: object, **named: object) -> object:
        if STORAGE_NAMESPACE in str(request):
            for name in list(s3._buckets):
                _measure(name)
        return get(*request, **named)

    return wrapped


def _measure(bucket: str) -> None:
    """Replace the bucket's datapoints: every version of an object counts, as S3 counts it."""
    stored, objects = Counter[str](), 0
    for key, current in list(s3._buckets[bucket]["objects"].items()):
        versions = s3._object_versions.get((bucket, key)) or [current]
        for each in versions:
            if not each.get("is_delete_marker"):
                stored[STORAGE_TYPES[each.get("storage_class") or "STANDARD"]] += each["size"]
                objects += 1
    _replace(STORED_OBJECTS, objects, "Count", bucket, EVERY_STORAGE_TYPE)
    for storage_type in STORAGE_TYPES.values():
        if storage_type in stored:
            _replace(STORED_BYTES, stored[storage_type], "Bytes", bucket, storage_type)


def _replace(name: str, value: float, unit: str, bucket: str, storage_type: str) -> None:
    dimensions = {"BucketName": bucket, "StorageType": storage_type}
    key = (STORAGE_NAMESPACE, name, cloudwatch._dims_key(dimensions))
    cloudwatch._metric_bucket(key).clear()
    cloudwatch.record_metric(STORAGE_NAMESPACE, name, value, unit, dimensions)


def _count(queue_name: str) -> None:
    cloudwatch.record_metric(
        MESSAGES_SENT.namespace, MESSAGES_SENT.name, 1, "Count", {"QueueName": queue_name}
    )
