"""Buckets and tables."""

from typing import cast

from aws_cdk import CrossStackReferences, Duration, ReferenceStrength
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from constructs import Construct, IConstruct

from runtime.contract.dynamodb import (
    ANNOTATIONS,
    AUDIT,
    EPHEMERAL,
    OWNED_ITEMS,
    USERS,
    Index,
    Table,
)
from runtime.contract.s3 import EXPORT_DAYS, EXPORTS_PREFIX, USERS_PREFIX
from stacks.emptying import keep_emptying_logs
from stacks.logs import BUCKETS_PREFIX, LogsStack
from stacks.settings import Stage
from stacks.settings.data_settings import TableName, in_outputs
from stacks.stage_stack import StageStack
from stacks.work_queue import WorkQueue

USER_KEYS = f"{USERS_PREFIX}*"
"""Every object of every user: the processes serve all of them."""

EXPORT_KEYS = f"{EXPORTS_PREFIX}*"
"""Every export of every user, in results."""

STRING = dynamodb.AttributeType.STRING
NUMBER = dynamodb.AttributeType.NUMBER


class StorageStack(StageStack):
    """The buckets inputs, results and archive, and the tables."""

    def __init__(
        self,
        scope: Construct,
        *,
        stage: Stage,
        site_url: str,
        logs: LogsStack,
        restore_completed: WorkQueue,
    ) -> None:
        super().__init__(scope, stage=stage, name="storage", description="GAS: buckets and tables")
        self._logs = logs
        self.inputs = self._bucket(
            "Inputs",
            s3.LifecycleRule(expiration=Duration.days(stage.data.inputs_days)),
            cors=[_uploads_from(site_url)],
        )
        self.results = self._bucket(
            "Results", self._kept_for_a_while(), _exports_expire(), versioned=True
        )
        # Versions of archived results are deleted by their id, never by age: an attempt that
        # died may have left a newer version than the one that the job refers to.
        self.archive = self._bucket(
            "Archive", s3.LifecycleRule(expired_object_delete_marker=True), versioned=True
        )
        _announce_restores(self.archive, restore_completed)
        self.audit_copies = self._locked_bucket() if stage.audit.locked else None
        keep_emptying_logs(self)
        self.annotations = self._in_use("annotations", self._table("Annotations", ANNOTATIONS))
        self.users = self._in_use("users", self._table("Users", USERS))
        self.ephemeral = self._in_use("ephemeral", self._table("Ephemeral", EPHEMERAL))
        self.owned_items = self._in_use("owned_items", self._table("OwnedItems", OWNED_ITEMS))
        self.audit = self._in_use("audit", self._table("Audit", AUDIT))
        self.output(
            InputsBucket=self.inputs.bucket_name,
            ResultsBucket=self.results.bucket_name,
            ArchiveBucket=self.archive.bucket_name,
            AnnotationsTable=self.annotations.table_name,
            UsersTable=self.users.table_name,
            EphemeralTable=self.ephemeral.table_name,
            OwnedItemsTable=self.owned_items.table_name,
            AuditTable=self.audit.table_name,
        )

    def _in_use(self, key: TableName, own: dynamodb.Table) -> dynamodb.ITable:
        """Return the table that the stage uses: its own, or one that was restored in its place.

        The exports of its own stay in both cases: CloudFormation refuses to delete one that other
        stacks still use, and these are deployed later.
        """
        for value in (own.table_arn, own.table_name):
            self.export_value(value)
        recovered = self.stage.data.recovered_tables.get(key)
        if recovered is None:
            return own
        return dynamodb.Table.from_table_name(self, f"Recovered{in_outputs(key)}", recovered)

    def _kept_for_a_while(self) -> s3.LifecycleRule:
        """Keep what was deleted or overwritten for so many days, so that it can be brought back."""
        kept = Duration.days(self.stage.data.replaced_days)
        return s3.LifecycleRule(
            noncurrent_version_expiration=kept, expired_object_delete_marker=True
        )

    def _locked_bucket(self) -> s3.Bucket:
        """Return the bucket of audit records: nobody can delete one before its time.

        In compliance mode, which even the account's root user can't shorten.
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html#object-lock-retention-modes
        """
        days = Duration.days(self.stage.audit.days)
        expired = s3.LifecycleRule(expiration=days, noncurrent_version_expiration=Duration.days(1))
        return self._bucket(
            "AuditCopies", expired, versioned=True, lock=s3.ObjectLockRetention.compliance(days)
        )

    def _bucket(
        self,
        name: str,
        *rules: s3.LifecycleRule,
        versioned: bool = False,
        cors: list[s3.CorsRule] | None = None,
        lock: s3.ObjectLockRetention | None = None,
    ) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            name,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=self.stage.tls_only,
            versioned=versioned,
            cors=cors,
            object_lock_default_retention=lock,
            lifecycle_rules=[
                *rules,
                s3.LifecycleRule(abort_incomplete_multipart_upload_after=Duration.days(1)),
            ],
            removal_policy=self.removal,
            auto_delete_objects=self.stage.empties_buckets,
        )
        # Set the L1 property: the CDK's own argument would change the policy of the logs' bucket,
        # which is in another stack and admits these buckets already.
        resource = cast("s3.CfnBucket", bucket.node.default_child)
        resource.logging_configuration = s3.CfnBucket.LoggingConfigurationProperty(
            destination_bucket_name=self._logs.bucket.bucket_name,
            log_file_prefix=f"{BUCKETS_PREFIX}{name.lower()}/",
        )
        _refer_strongly(bucket)
        return bucket

    def _table(self, name: str, of: Table) -> dynamodb.Table:
        table = dynamodb.Table(
            self,
            name,
            partition_key=dynamodb.Attribute(name=of.key, type=STRING),
            sort_key=dynamodb.Attribute(name=of.sort_key, type=STRING) if of.sort_key else None,
            time_to_live_attribute=of.expires_at,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=self.stage.deletion_protection,
            removal_policy=self.removal,
        )
        for index in of.indexes:
            table.add_global_secondary_index(
                index_name=index.name,
                partition_key=dynamodb.Attribute(name=index.partition_key, type=STRING),
                sort_key=dynamodb.Attribute(name=index.sort_key, type=NUMBER),
                projection_type=_projection(index),
                non_key_attributes=list(index.holds) if index.holds else None,
            )
        _refer_strongly(table)
        return table


def _refer_strongly(holds_data: IConstruct) -> None:
    """Have CloudFormation refuse to delete or replace what other stacks use.

    All other references between stacks are weak, which cdk.json says.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
    """
    CrossStackReferences.of(holds_data).produce(ReferenceStrength.STRONG)


def _projection(index: Index) -> dynamodb.ProjectionType:
    if index.holds is None:
        return dynamodb.ProjectionType.ALL
    if index.holds:
        return dynamodb.ProjectionType.INCLUDE
    return dynamodb.ProjectionType.KEYS_ONLY


def _exports_expire() -> s3.LifecycleRule:
    """Delete exports after a day, and for good another day later: they can be made again."""
    return s3.LifecycleRule(
        prefix=EXPORTS_PREFIX,
        expiration=Duration.days(EXPORT_DAYS),
        noncurrent_version_expiration=Duration.days(1),
    )


def _uploads_from(origin: str) -> s3.CorsRule:
    """Browsers upload straight to S3 from the site's pages, and from nowhere else."""
    return s3.CorsRule(
        allowed_methods=[s3.HttpMethods.POST],
        allowed_origins=[origin],
        allowed_headers=["*"],
        max_age=3600,
    )


def _announce_restores(archive: s3.Bucket, restore_completed: WorkQueue) -> None:
    """Set the L1 property: the CDK's own method deploys a Lambda function for it."""
    bucket = cast("s3.CfnBucket", archive.node.default_child)
    bucket.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
        queue_configurations=[
            s3.CfnBucket.QueueConfigurationProperty(
                event="s3:ObjectRestore:Completed", queue=restore_completed.queue.queue_arn
            )
        ]
    )
