"""Topics, queues, and the SES identity that sends emails."""

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from runtime.contract.sqs import MAX_DELAY_SECONDS
from stacks.mail_identity import Sender
from stacks.settings import Stage
from stacks.stage_stack import StageStack
from stacks.work_queue import MAX_RECEIVE_COUNT, OUTAGE_RECEIVE_COUNT, WorkQueue

OUTPUTS = {
    "JobRequests": "job_requests",
    "JobResultsNotify": "job_results_notify",
    "JobResultsArchive": "job_results_archive",
    "RestoreRequests": "restore_requests",
    "RestoreCompleted": "restore_completed",
    "Removals": "removals",
    "SurplusCopies": "surplus_copies",
    "Webhooks": "webhooks",
}


class MessagingStack(StageStack):
    """Topics and queues: requests to annotators; ends of jobs, and moves of results, to others."""

    def __init__(self, scope: Construct, *, stage: Stage) -> None:
        super().__init__(scope, stage=stage, name="messaging", description="GAS: topics and queues")
        self.job_requests = self._queue("JobRequests")
        # A message of it may be all that has a digest sent, and no process replaces a lost one.
        self.job_results_notify = self._queue("JobResultsNotify", receives=OUTAGE_RECEIVE_COUNT)
        # A new message isn't due before the retention ends, so the queue delays it as long as SQS
        # allows; archive then sends it again until it is due. The delay holds for what a topic
        # delivers too:
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html
        self.job_results_archive = self._queue(
            "JobResultsArchive",
            delay=Duration.seconds(min(stage.plans.free_retention_seconds, MAX_DELAY_SECONDS)),
            receives=OUTAGE_RECEIVE_COUNT,
        )
        # No process replaces a lost message of these queues: people see to their dead letters.
        self.restore_requests = self._queue("RestoreRequests", receives=OUTAGE_RECEIVE_COUNT)
        self.restore_completed = self._queue("RestoreCompleted", receives=OUTAGE_RECEIVE_COUNT)
        self.removals = self._queue("Removals", receives=OUTAGE_RECEIVE_COUNT)
        self.surplus_copies = self._queue("SurplusCopies", receives=OUTAGE_RECEIVE_COUNT)
        self.webhooks = self._queue("Webhooks", receives=OUTAGE_RECEIVE_COUNT)
        self.job_requests_topic = self._topic("JobRequestsTopic", self.job_requests)
        self.job_results_topic = self._topic(
            "JobResultsTopic", self.job_results_notify, self.job_results_archive, self.webhooks
        )
        self.result_moves_topic = self._topic(
            "ResultMovesTopic", self.job_results_notify, self.webhooks
        )
        Sender(self, "Sender", mail=stage.mail)
        self._admit_restore_events()
        self._output_all()

    @property
    def work_queues(self) -> dict[str, WorkQueue]:
        """Every queue, by its name in the outputs."""
        return {name: getattr(self, attribute) for name, attribute in OUTPUTS.items()}

    def _queue(
        self, name: str, *, delay: Duration | None = None, receives: int = MAX_RECEIVE_COUNT
    ) -> WorkQueue:
        return WorkQueue(
            self,
            name,
            tls_only=self.stage.tls_only,
            delay=delay,
            max_receive_count=receives,
        )

    def _topic(self, name: str, *queues: WorkQueue) -> sns.Topic:
        topic = sns.Topic(
            self,
            name,
            enforce_ssl=self.stage.tls_only,
            master_key=kms.Alias.from_alias_name(self, f"{name}Key", "alias/aws/sns"),
        )
        for queue in queues:
            topic.add_subscription(
                subscriptions.SqsSubscription(queue.queue, raw_message_delivery=True)
            )
        return topic

    def _admit_restore_events(self) -> None:
        """Let the archive bucket, which the storage stack makes, announce finished restores.

        S3 checks this when the bucket's notifications are configured, so the policy must exist
        before the bucket. Hence it names the account and a pattern of the bucket's generated name.
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
        """
        storage = f"gas-{self.stage.name}-storage"
        self.restore_completed.queue.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("s3.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[self.restore_completed.queue.queue_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": self.account},
                    "ArnLike": {"aws:SourceArn": f"arn:{self.partition}:s3:::{storage}-*"},
                },
            )
        )

    def _output_all(self) -> None:
        self.output(
            JobRequestsTopic=self.job_requests_topic.topic_arn,
            JobResultsTopic=self.job_results_topic.topic_arn,
            ResultMovesTopic=self.result_moves_topic.topic_arn,
        )
        for name, work in self.work_queues.items():
            self.output(**{f"{name}Queue": work.queue.queue_url, f"{name}Dlq": work.dlq.queue_url})
