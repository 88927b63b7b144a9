"""What tells the people on call that something is wrong."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from stacks.settings import Stage
from stacks.stage_stack import StageStack
from stacks.work_queue import WorkQueue

ENCRYPT = ("kms:Decrypt", "kms:GenerateDataKey*")
"""What a service needs of a topic's key to publish."""


class MonitoringStack(StageStack):
    """The ops topic, and an alarm for messages that nobody could handle."""

    def __init__(
        self, scope: Construct, *, stage: Stage, work_queues: dict[str, WorkQueue]
    ) -> None:
        super().__init__(scope, stage=stage, name="monitoring", description="GAS: alarms")
        self.ops_topic = sns.Topic(
            self, "OpsTopic", enforce_ssl=stage.tls_only, master_key=self._key()
        )
        self._admit_alarms()
        if stage.mail.ops_email:
            self.ops_topic.add_subscription(subscriptions.EmailSubscription(stage.mail.ops_email))
        for name, work in work_queues.items():
            self._dead_letters(name, work)
        self.output(OpsTopic=self.ops_topic.topic_arn)

    def _key(self) -> kms.Key:
        """A key of our own: CloudWatch may not use AWS's default key of SNS.

        https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
        """
        key = kms.Key(self, "OpsKey", enable_key_rotation=True)
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=list(ENCRYPT),
                resources=["*"],  # in a key's policy: this key
                conditions={"StringEquals": {"aws:SourceAccount": self.account}},
            )
        )
        # By a condition: a policy can't name a role that the account may not have yet.
        scaling = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.AnyPrincipal()],
                actions=list(ENCRYPT),
                resources=["*"],
                conditions={
                    "StringEquals": {
                        "kms:CallerAccount": self.account,
                        "aws:PrincipalArn": f"arn:{self.partition}:iam::{self.account}:{scaling}",
                    }
                },
            )
        )
        return key

    def _admit_alarms(self) -> None:
        """A topic with a policy, here the one that insists on TLS, admits nobody by itself."""
        alarms = f"arn:{self.partition}:cloudwatch:{self.region}:{self.account}:alarm:*"
        self.ops_topic.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.ops_topic.topic_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": self.account},
                    "ArnLike": {"aws:SourceArn": alarms},
                },
            )
        )

    def _dead_letters(self, name: str, work: WorkQueue) -> None:
        alarm = cloudwatch.Alarm(
            self,
            f"{name}DeadLetters",
            alarm_description=f"Messages of {name} that failed too often "
            "lie in its dead-letter queue.",
            metric=work.dlq.metric_approximate_number_of_messages_visible(
                period=Duration.minutes(1), statistic="Maximum"
            ),
            threshold=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(self.ops_topic))
