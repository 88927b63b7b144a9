"""The fleet of the small processes: notify, archive, janitor and removal."""

from constructs import Construct

from runtime.contract.dynamodb import JOBS_OF_USER, OPEN_JOBS
from runtime.contract.processes import ArchiveConfig, JanitorConfig, NotifyConfig, RemovalConfig
from runtime.contract.s3 import QUARANTINE_PREFIX
from stacks.findings import acknowledge_pattern
from stacks.fleet_stack import FleetStack, Foundations
from stacks.grants import allow, consume, read_objects, send
from stacks.mail_identity import allow_sending
from stacks.settings import Stage
from stacks.storage import USER_KEYS

PROCESSES = (NotifyConfig, ArchiveConfig, JanitorConfig, RemovalConfig)


class UtilitiesStack(FleetStack):
    """Emails users about jobs, archives results, sees to stuck jobs, deletes what was removed."""

    def __init__(self, scope: Construct, *, stage: Stage, foundations: Foundations) -> None:
        super().__init__(
            scope,
            stage=stage,
            foundations=foundations,
            name="utilities",
            description="GAS: small processes",
            processes=PROCESSES,
        )
        self.fleet = self._add_fleet("Utilities", size=stage.utilities)
        self._grant_notify()
        self._grant_archive()
        self._grant_janitor()
        self._grant_removal()

    def _grant_notify(self) -> None:
        consume(self.role, self._messaging.job_results_notify.queue)
        allow_sending(self.role, sender=self.stage.mail.sender)
        allow(self.role, "dynamodb:GetItem", on=self._storage.users.table_arn)
        allow(
            self.role,
            "dynamodb:GetItem",
            "dynamodb:UpdateItem",
            on=self._storage.annotations.table_arn,
        )

    def _grant_archive(self) -> None:
        """Copy results into the archive, and send messages that aren't due to the queue again.

        Notify's grants cover the tables, and removal's the deletion of versions.
        """
        queue = self._messaging.job_results_archive.queue
        consume(self.role, queue)
        send(self.role, queue)
        send(self.role, self._messaging.restore_requests.queue)
        archive = self._storage.archive.arn_for_objects(USER_KEYS)
        read_objects(self.role, self._storage.results, USER_KEYS, "s3:GetObjectVersion")
        allow(self.role, "s3:PutObject", "s3:AbortMultipartUpload", on=archive)

    def _grant_janitor(self) -> None:
        """Find stuck jobs, and announce what became of them; notify's grants cover the jobs."""
        consume(self.role, self._messaging.job_requests.dlq)
        index = f"{self._storage.annotations.table_arn}/index/{OPEN_JOBS.name}"
        allow(self.role, "dynamodb:Query", on=index)
        topics = [self._messaging.job_requests_topic, self._messaging.job_results_topic]
        allow(self.role, "sns:Publish", on=[topic.topic_arn for topic in topics])
        quarantine = f"{QUARANTINE_PREFIX}*"
        allow(self.role, "s3:PutObject", on=self._storage.inputs.arn_for_objects(quarantine))
        acknowledge_pattern(
            self.role, self._storage.inputs, quarantine, reason="Each body has a name of its own."
        )

    def _grant_removal(self) -> None:
        """Delete every version of users' objects, and the items of jobs and users."""
        removals = self._messaging.removals.queue
        consume(self.role, removals)
        # A removed job is looked at again until its upload can't arrive any more.
        send(self.role, removals)
        buckets = (self._storage.inputs, self._storage.results, self._storage.archive)
        allow(self.role, "s3:ListBucketVersions", on=[bucket.bucket_arn for bucket in buckets])
        allow(
            self.role,
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
            on=[bucket.arn_for_objects(USER_KEYS) for bucket in buckets],
        )
        for bucket in buckets:
            acknowledge_pattern(self.role, bucket, USER_KEYS, reason="It deletes for every owner.")
        annotations = self._storage.annotations.table_arn
        users = self._storage.users.table_arn
        allow(self.role, "dynamodb:DeleteItem", on=[annotations, users])
        allow(self.role, "dynamodb:UpdateItem", on=users)
        allow(self.role, "dynamodb:Query", on=f"{annotations}/index/{JOBS_OF_USER.name}")
