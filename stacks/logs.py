"""The bucket of access logs and flow logs."""

from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.emptying import keep_emptying_logs
from stacks.findings import acknowledge
from stacks.settings import Stage
from stacks.stage_stack import StageStack

BUCKETS_PREFIX = "buckets/"
LOAD_BALANCER_PREFIX = "load-balancer"
FLOWS_PREFIX = "flows"


class LogsStack(StageStack):
    """One bucket, and the services that may write to it, each under its own prefix."""

    def __init__(self, scope: Construct, *, stage: Stage) -> None:
        super().__init__(scope, stage=stage, name="logs", description="GAS: access and flow logs")
        self.bucket = s3.Bucket(
            self,
            "Logs",
            # A load balancer can't write to a bucket with a KMS key.
            # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=stage.tls_only,
            removal_policy=self.removal,
            auto_delete_objects=stage.empties_buckets,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=Duration.days(stage.data.logs_days),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
            ],
        )
        keep_emptying_logs(self)
        self._admit_buckets()
        self._admit_load_balancer()
        self._admit_flow_logs()
        acknowledge(
            self.bucket,
            "AwsSolutions-S1",
            reason="It holds the access logs; logging its own would log each of its entries.",
        )

    def _admit_buckets(self) -> None:
        """Admit the buckets by a pattern of their generated names: their stack comes later.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
        """
        storage = f"arn:{self.partition}:s3:::gas-{self.stage.name}-storage-*"
        self._admit("logging.s3.amazonaws.com", f"{BUCKETS_PREFIX}*", source_arn=storage)

    def _admit_load_balancer(self) -> None:
        """Admit load balancers by the prefix alone, which has this account's number.

        The page on access logs gives this policy without conditions. With aws:SourceAccount and
        aws:SourceArn, the check that comes with turning the logs on is known to fail.
        https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
        """
        self._admit(
            "logdelivery.elasticloadbalancing.amazonaws.com",
            f"{LOAD_BALANCER_PREFIX}/AWSLogs/{self.account}/*",
        )

    def _admit_flow_logs(self) -> None:
        """https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html"""
        source = f"arn:{self.partition}:logs:{self.region}:{self.account}:*"
        delivery = "delivery.logs.amazonaws.com"
        self._admit(
            delivery,
            f"{FLOWS_PREFIX}/AWSLogs/{self.account}/*",
            source_arn=source,
            equals={"s3:x-amz-acl": "bucket-owner-full-control"},
        )
        self._admit(delivery, None, action="s3:GetBucketAcl", source_arn=source)

    def _admit(
        self,
        service: str,
        keys: str | None,
        *,
        source_arn: str | None = None,
        action: str = "s3:PutObject",
        equals: dict[str, Any] | None = None,
    ) -> None:
        """Let a service act on `keys`, or on the bucket itself.

        With `source_arn`, only for resources of this account with such an ARN.
        """
        on = self.bucket.arn_for_objects(keys) if keys else self.bucket.bucket_arn
        conditions = {
            "StringEquals": {"aws:SourceAccount": self.account, **(equals or {})},
            "ArnLike": {"aws:SourceArn": source_arn},
        }
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(service)],
                actions=[action],
                resources=[on],
                conditions=conditions if source_arn else None,
            )
        )
