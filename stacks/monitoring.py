"""The topic that tells the people on call when something is wrong."""

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from stacks.settings import Stage
from stacks.stage_stack import StageStack

ENCRYPT = ("kms:Decrypt", "kms:GenerateDataKey*")
"""What a service must be allowed to do with a topic's key to publish there."""


class MonitoringStack(StageStack):
    """The ops topic, and the services that may publish there for the stacks that come later."""

    def __init__(self, scope: Construct, *, stage: Stage) -> None:
        super().__init__(scope, stage=stage, name="monitoring", description="GAS: ops topic")
        self.ops_topic = sns.Topic(
            self, "OpsTopic", enforce_ssl=stage.tls_only, master_key=self._key()
        )
        self._admit("cloudwatch", f"cloudwatch:{self.region}:{self.account}:alarm:*")
        self._admit("budgets", f"budgets::{self.account}:*")
        if stage.mail.ops_email:
            self.ops_topic.add_subscription(subscriptions.EmailSubscription(stage.mail.ops_email))
        self.output(OpsTopic=self.ops_topic.topic_arn)

    def _key(self) -> kms.Key:
        """A key of our own: CloudWatch can't use the AWS managed key of SNS.

        https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
        """
        key = kms.Key(
            self,
            "OpsKey",
            enable_key_rotation=True,
            removal_policy=self.removal,
            pending_window=Duration.days(7),  # the shortest; a key costs nothing while it waits
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[
                    iam.ServicePrincipal("cloudwatch.amazonaws.com"),
                    iam.ServicePrincipal("budgets.amazonaws.com"),
                ],
                actions=list(ENCRYPT),
                resources=["*"],  # in a key's policy: this key
                conditions={"StringEquals": {"aws:SourceAccount": self.account}},
            )
        )
        # A condition names the role, since a policy can't name one that may not exist yet.
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

    def _admit(self, service: str, source: str) -> None:
        """Let a service publish: a topic with a policy, here for TLS, admits nobody by default."""
        self.ops_topic.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(f"{service}.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.ops_topic.topic_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": self.account},
                    "ArnLike": {"aws:SourceArn": f"arn:{self.partition}:{source}"},
                },
            )
        )
