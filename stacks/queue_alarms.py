"""Alarms on the queues: messages in a dead-letter queue, and messages that wait too long."""

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.ops_alarm import MINUTE, Advice, ops_alarm
from stacks.work_queue import WorkQueue

USUAL_SECONDS = 900

OLDEST_SECONDS = {
    # A job may take an hour, and its message stays in the queue while it runs.
    "JobRequests": 5_400,
    # A message waits until the next digest is due, up to 900 s.
    "JobResultsNotify": 1_800,
    # A message waits for the end of the retention in delays of at most 900 s.
    "JobResultsArchive": 1_800,
    # Deriving the files of a large result again takes as long as its annotation did.
    "RestoreCompleted": 5_400,
    # A removal waits until nobody works on the job.
    "Removals": 7_200,
    # A plan's change brings thousands of results back at once, each with one of these.
    "SurplusCopies": 7_200,
    # A delivery waits for its next attempt in delays of at most 900 s.
    "Webhooks": 1_800,
}
"""Age of the oldest message that raises the alarm, for queues where it isn't USUAL_SECONDS.

The age includes the time in flight.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""


class QueueAlarms(Construct):
    """Two alarms for each queue."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        work_queues: dict[str, WorkQueue],
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, name)
        self._topic = topic
        for queue, work in work_queues.items():
            self._dead_letters(queue, work.dlq)
            self._oldest(queue, work.queue)

    def _dead_letters(self, name: str, dlq: sqs.IQueue) -> None:
        ops_alarm(
            self,
            f"{name}DeadLetters",
            topic=self._topic,
            metric=_maximum(dlq, "ApproximateNumberOfMessagesVisible"),
            advice=Advice(
                f"A message of {name} failed each time and lies in its dead-letter queue.",
                "find the error in the log of the process that takes them, by message_id.",
                "dead-letters",
            ),
        )

    def _oldest(self, name: str, queue: sqs.IQueue) -> None:
        seconds = OLDEST_SECONDS.get(name, USUAL_SECONDS)
        ops_alarm(
            self,
            f"{name}Oldest",
            topic=self._topic,
            metric=_maximum(queue, "ApproximateAgeOfOldestMessage"),
            threshold=seconds,
            periods=3,
            advice=Advice(
                f"The oldest message of {name} has waited over {seconds} s: nobody takes them, or "
                "too few do.",
                "see whether the fleet has instances in service and its group is at its maximum.",
                "old-messages",
            ),
        )


def _maximum(queue: sqs.IQueue, metric: str) -> cloudwatch.Metric:
    return queue.metric(metric, period=MINUTE, statistic="Maximum")
