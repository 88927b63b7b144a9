"""Buckets and tables."""

from typing import cast

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.settings import Stage
from stacks.stage_stack import StageStack
from stacks.work_queue import WorkQueue

USER_ID_INDEX = "user_id_index"
OPEN_JOBS_INDEX = "open_jobs_index"

STRING = dynamodb.AttributeType.STRING
NUMBER = dynamodb.AttributeType.NUMBER


class StorageStack(StageStack):
    """What must not be lost: inputs, results, archive, and the two tables."""

    def __init__(
        self, scope: Construct, *, stage: Stage, site_url: str, restore_completed: WorkQueue
    ) -> None:
        super().__init__(scope, stage=stage, name="storage", description="GAS: buckets and tables")
        self._removal = (
            RemovalPolicy.RETAIN if stage.removal_policy == "retain" else RemovalPolicy.DESTROY
        )
        self.inputs = self._bucket("Inputs", cors=[_uploads_from(site_url)])
        self.results = self._bucket("Results")
        self.archive = self._bucket("Archive")
        _announce_restores(self.archive, restore_completed)
        self.annotations = self._annotations()
        self.users = self._table("Users", key="user_id")
        self.output(
            InputsBucket=self.inputs.bucket_name,
            ResultsBucket=self.results.bucket_name,
            ArchiveBucket=self.archive.bucket_name,
            AnnotationsTable=self.annotations.table_name,
            UsersTable=self.users.table_name,
        )

    def _bucket(self, name: str, *, cors: list[s3.CorsRule] | None = None) -> s3.Bucket:
        return s3.Bucket(
            self,
            name,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=self.stage.tls_only,
            cors=cors,
            removal_policy=self._removal,
        )

    def _table(self, name: str, *, key: str) -> dynamodb.Table:
        return dynamodb.Table(
            self,
            name,
            partition_key=dynamodb.Attribute(name=key, type=STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            removal_policy=self._removal,
        )

    def _annotations(self) -> dynamodb.Table:
        table = self._table("Annotations", key="job_id")
        submit_time = dynamodb.Attribute(name="submit_time", type=NUMBER)
        table.add_global_secondary_index(
            index_name=USER_ID_INDEX,
            partition_key=dynamodb.Attribute(name="user_id", type=STRING),
            sort_key=submit_time,
        )
        table.add_global_secondary_index(
            index_name=OPEN_JOBS_INDEX,
            partition_key=dynamodb.Attribute(name="open_shard", type=STRING),
            sort_key=submit_time,
            projection_type=dynamodb.ProjectionType.INCLUDE,
            non_key_attributes=["job_status", "lease_until"],
        )
        return table


def _uploads_from(origin: str) -> s3.CorsRule:
    """Browsers upload straight to S3 from the site's pages, and from nowhere else."""
    return s3.CorsRule(
        allowed_methods=[s3.HttpMethods.POST],
        allowed_origins=[origin],
        allowed_headers=["*"],
        max_age=3600,
    )


def _announce_restores(archive: s3.Bucket, restore_completed: WorkQueue) -> None:
    """By the bucket's own property: the higher-level call deploys a Lambda function for it."""
    bucket = cast("s3.CfnBucket", archive.node.default_child)
    bucket.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
        queue_configurations=[
            s3.CfnBucket.QueueConfigurationProperty(
                event="s3:ObjectRestore:Completed", queue=restore_completed.queue.queue_arn
            )
        ]
    )
