"""A queue with its dead-letter queue."""

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from runtime.contract.sqs import MAX_RETENTION_SECONDS, VISIBILITY_SECONDS

MAX_RECEIVE_COUNT = 3

OUTAGE_RECEIVE_COUNT = 10
"""Receives of a message that should survive an outage of S3, a table or SES. A worker waits twice
as long after each failure, so 10 receives take 8 minutes on average; 3 take some seconds."""


class WorkQueue(Construct):
    """An encrypted queue, and the dead-letter queue behind it.

    `tls_only` is off for the emulator only, which knows no HTTPS.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        tls_only: bool,
        delay: Duration | None = None,
        max_receive_count: int = MAX_RECEIVE_COUNT,
    ) -> None:
        super().__init__(scope, name)
        self.dlq = sqs.Queue(
            self,
            "Dlq",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=tls_only,
            retention_period=Duration.seconds(MAX_RETENTION_SECONDS),
        )
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=tls_only,
            visibility_timeout=Duration.seconds(VISIBILITY_SECONDS),
            delivery_delay=delay,
            dead_letter_queue=sqs.DeadLetterQueue(
                max_receive_count=max_receive_count, queue=self.dlq
            ),
        )
