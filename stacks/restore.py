"""The fleet that brings archived results back."""

from constructs import Construct

from runtime.contract.dynamodb import JOBS_OF_USER, PLAN_PREFIX, RESTORING_RESULTS
from runtime.contract.processes import RestoreConfig, ThawConfig
from stacks.findings import acknowledge_pattern
from stacks.fleet_stack import FleetStack, Foundations
from stacks.grants import allow, consume, read_objects, send
from stacks.mail_identity import allow_sending
from stacks.settings import Stage
from stacks.storage import USER_KEYS

PROCESSES = (RestoreConfig, ThawConfig)


class RestoreStack(FleetStack):
    """Takes restore requests, and the events by which S3 says that it has restored an object."""

    def __init__(self, scope: Construct, *, stage: Stage, foundations: Foundations) -> None:
        super().__init__(
            scope,
            stage=stage,
            foundations=foundations,
            name="restore",
            description="GAS: restores",
            processes=PROCESSES,
        )
        self.fleet = self._add_fleet("Restore", size=stage.restore)
        self._grant_objects()
        self._grant_tables()
        self._grant_messages()

    def _grant_objects(self) -> None:
        """Ask S3 for archived objects, and copy them back. Cleanup deletes what was copied."""
        results, archive = self._storage.results, self._storage.archive
        for bucket in (results, archive):
            acknowledge_pattern(self.role, bucket, USER_KEYS, reason="It works for every owner.")
        read_objects(
            self.role,
            archive,
            USER_KEYS,
            "s3:GetObjectVersion",
            "s3:RestoreObject",
        )
        allow(
            self.role,
            "s3:PutObject",
            "s3:AbortMultipartUpload",
            on=results.arn_for_objects(USER_KEYS),
        )

    def _grant_tables(self) -> None:
        annotations = self._storage.annotations.table_arn
        allow(self.role, "dynamodb:GetItem", "dynamodb:UpdateItem", on=annotations)
        allow(self.role, "dynamodb:Query", on=f"{annotations}/index/{JOBS_OF_USER.name}")
        restoring = f"{annotations}/index/{RESTORING_RESULTS.name}"
        allow(self.role, "dynamodb:Query", "dynamodb:Scan", on=restoring)
        allow(self.role, "dynamodb:GetItem", on=self._storage.users.table_arn)
        allow(
            self.role,
            "dynamodb:GetItem",
            "dynamodb:UpdateItem",
            "dynamodb:DeleteItem",
            on=self._storage.ephemeral.table_arn,
            only_if={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{PLAN_PREFIX}*"]}},
        )

    def _grant_messages(self) -> None:
        requests, completed = self._messaging.restore_requests, self._messaging.restore_completed
        for work in (requests, completed):
            consume(self.role, work.queue)
            send(self.role, work.queue)
        for work in (self._messaging.job_results_archive, self._messaging.surplus_copies):
            send(self.role, work.queue)
        allow_sending(self.role, sender=self.stage.mail.sender)
