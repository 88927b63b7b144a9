"""The fleet that brings archived results back."""

from constructs import Construct

from runtime.common import env
from stacks.findings import acknowledge_pattern
from stacks.fleet_stack import FleetStack, Foundations
from stacks.grants import allow, consume, send
from stacks.settings import Stage
from stacks.storage import RESTORING_INDEX, USER_ID_INDEX, USER_KEYS

PROCESSES = ("restore", "thaw")

DELETE_VERSIONS = ("s3:DeleteObject", "s3:DeleteObjectVersion")
"""DeleteObjects needs the first of them always, and the second for a version.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html"""

ROUND_KEYS = "plan#*"
"""Items of the table of what is kept for a while that are about plans; no others are touched."""


class RestoreStack(FleetStack):
    """Takes restore requests and the news that S3 has restored an object."""

    def __init__(self, scope: Construct, *, stage: Stage, foundations: Foundations) -> None:
        super().__init__(
            scope,
            stage=stage,
            foundations=foundations,
            name="restore",
            description="GAS: restores",
        )
        self.fleet = self._add_fleet(
            "Restore", size=stage.restore, processes=PROCESSES, variables=self._variables()
        )
        self._grant_objects()
        self._grant_tables()
        self._grant_messages()

    def _variables(self) -> dict[str, str]:
        messaging, plans = self._messaging, self.stage.plans
        return {
            env.RESULTS_BUCKET: self._storage.results.bucket_name,
            env.ARCHIVE_BUCKET: self._storage.archive.bucket_name,
            env.ANNOTATIONS_TABLE: self._storage.annotations.table_name,
            env.USERS_TABLE: self._storage.users.table_name,
            env.EPHEMERAL_TABLE: self._storage.ephemeral.table_name,
            env.RESTORE_REQUESTS_QUEUE_URL: messaging.restore_requests.queue.queue_url,
            env.RESTORE_COMPLETED_QUEUE_URL: messaging.restore_completed.queue.queue_url,
            env.JOB_RESULTS_ARCHIVE_QUEUE_URL: messaging.job_results_archive.queue.queue_url,
            env.FREE_RETENTION_SECONDS: str(plans.free_retention_seconds),
            env.RESTORE_TIER: plans.restore_tier,
            env.MAIL_SENDER: self.stage.mail.sender,
            env.SITE_URL: self._network.site_url,
        }

    def _grant_objects(self) -> None:
        """Ask for what is archived, write it back, and delete versions: never what is current."""
        results, archive = self._storage.results, self._storage.archive
        # ListBucket: without it S3 answers 403 where an object is missing, and not 404.
        for bucket in (results, archive):
            allow(self.role, "s3:ListBucket", "s3:ListBucketVersions", on=bucket.bucket_arn)
            acknowledge_pattern(self.role, bucket, USER_KEYS, reason="It works for every owner.")
        allow(
            self.role,
            "s3:GetObject",
            "s3:GetObjectVersion",
            "s3:RestoreObject",
            *DELETE_VERSIONS,
            on=archive.arn_for_objects(USER_KEYS),
        )
        allow(
            self.role,
            "s3:GetObjectVersion",
            "s3:PutObject",
            "s3:AbortMultipartUpload",
            *DELETE_VERSIONS,
            on=results.arn_for_objects(USER_KEYS),
        )

    def _grant_tables(self) -> None:
        annotations = self._storage.annotations.table_arn
        allow(self.role, "dynamodb:GetItem", "dynamodb:UpdateItem", on=annotations)
        allow(self.role, "dynamodb:Query", on=f"{annotations}/index/{USER_ID_INDEX}")
        restoring = f"{annotations}/index/{RESTORING_INDEX}"
        allow(self.role, "dynamodb:Query", "dynamodb:Scan", on=restoring)
        allow(self.role, "dynamodb:GetItem", on=self._storage.users.table_arn)
        allow(
            self.role,
            "dynamodb:GetItem",
            "dynamodb:UpdateItem",
            "dynamodb:DeleteItem",
            on=self._storage.ephemeral.table_arn,
            only_if={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [ROUND_KEYS]}},
        )

    def _grant_messages(self) -> None:
        requests, completed = self._messaging.restore_requests, self._messaging.restore_completed
        for work in (requests, completed):
            consume(self.role, work.queue)
            send(self.role, work.queue)
        send(self.role, self._messaging.job_results_archive.queue)
        allow(self.role, "ses:SendEmail", on=self._messaging.sender.email_identity_arn)
