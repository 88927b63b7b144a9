"""CloudWatch's count of the messages sent to a queue, which the emulator doesn't keep.

At every datum, ministack 1.5.33 also evaluates every alarm, but ignores dimensions, periods and
missing data. This turns that off: local/aws/autoscaling evaluates the alarms.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import cloudwatch, sns, sqs  # type: ignore[import-untyped]

from scaling.policies import MESSAGES_SENT

Deliver = Callable[..., None]
Send = Callable[[dict[str, Any], str], dict[str, Any]]


def keep_metrics() -> None:
    """Patch the emulator in this process before it runs."""
    cloudwatch._evaluate_all_alarms = lambda: None  # noqa: SLF001
    sns._deliver_to_sqs = counting_deliveries(sns._deliver_to_sqs)  # noqa: SLF001
    # A batch sends its messages one by one, through the module's attribute.
    sqs._act_send_message = counting_sends(sqs._act_send_message)  # noqa: SLF001
    sqs._HANDLERS["SendMessage"] = sqs._act_send_message  # noqa: SLF001


def counting_deliveries(deliver: Deliver) -> Deliver:
    """Return SNS's delivery to a queue, which then counts the delivered messages."""

    def wrapped(endpoint: str, *args: object, **options: object) -> None:
        queue = sqs._queue_by_arn(endpoint)  # noqa: SLF001
        before = len(queue["messages"]) if queue else 0
        deliver(endpoint, *args, **options)
        if queue and len(queue["messages"]) > before:
            _count(queue["name"])

    return wrapped


def counting_sends(send: Send) -> Send:
    """Return SendMessage, which then counts the accepted messages."""

    def wrapped(data: dict[str, Any], url: str) -> dict[str, Any]:
        answer = send(data, url)
        _count(sqs._get_q(data.get("QueueUrl", url))["name"])  # noqa: SLF001
        return answer

    return wrapped


def _count(queue_name: str) -> None:
    cloudwatch.record_metric(
        MESSAGES_SENT.namespace, MESSAGES_SENT.name, 1, "Count", {"QueueName": queue_name}
    )
