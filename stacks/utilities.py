"""The fleet of the small processes: notify, archive and janitor."""

from constructs import Construct

from runtime.contract.dynamodb import OPEN_JOBS
from runtime.contract.processes import ArchiveConfig, JanitorConfig, NotifyConfig
from runtime.contract.s3 import QUARANTINE_PREFIX
from stacks.findings import acknowledge_pattern
from stacks.fleet_stack import FleetStack, Foundations
from stacks.grants import allow, consume, read_objects, send
from stacks.mail_identity import allow_sending
from stacks.settings import Stage
from stacks.storage import USER_KEYS

PROCESSES = (NotifyConfig, ArchiveConfig, JanitorConfig)


class UtilitiesStack(FleetStack):
    """Emails users about jobs, archives results, sees to stuck jobs. It can't delete a result."""

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

        Notify's grants cover the tables. Cleanup deletes what was copied.
        """
        queue = self._messaging.job_results_archive.queue
        consume(self.role, queue)
        send(self.role, queue)
        for work in (self._messaging.restore_requests, self._messaging.surplus_copies):
            send(self.role, work.queue)
        archive = self._storage.archive.arn_for_objects(USER_KEYS)
        read_objects(self.role, self._storage.results, USER_KEYS, "s3:GetObjectVersion")
        allow(self.role, "s3:PutObject", "s3:AbortMultipartUpload", on=archive)
        for bucket in (self._storage.results, self._storage.archive):
            acknowledge_pattern(self.role, bucket, USER_KEYS, reason="It works for every owner.")

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
