"""The fleet that deletes: what owners have removed, and surplus copies of results."""

from constructs import Construct

from runtime.contract.dynamodb import JOBS_OF_USER
from runtime.contract.processes import CleanupConfig, RemovalConfig
from stacks.findings import acknowledge_pattern
from stacks.fleet_stack import FleetStack, Foundations
from stacks.grants import allow, consume, send
from stacks.mail_identity import allow_sending
from stacks.settings import Stage
from stacks.storage import EXPORT_KEYS, USER_KEYS

PROCESSES = (RemovalConfig, CleanupConfig)

DELETE_VERSIONS = ("s3:DeleteObject", "s3:DeleteObjectVersion")
"""DeleteObjects always needs the first, and for a version the second too.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html"""


class RemovalStack(FleetStack):
    """The only role that may delete users' objects. It can read and write none of them."""

    def __init__(self, scope: Construct, *, stage: Stage, foundations: Foundations) -> None:
        super().__init__(
            scope,
            stage=stage,
            foundations=foundations,
            name="removal",
            description="GAS: deletions",
            processes=PROCESSES,
        )
        self.fleet = self._add_fleet("Removal", size=stage.removal)
        self._grant_objects()
        self._grant_tables()
        self._grant_messages()

    def _grant_objects(self) -> None:
        """List and delete every version of users' objects."""
        buckets = (self._storage.inputs, self._storage.results, self._storage.archive)
        allow(self.role, "s3:ListBucketVersions", on=[bucket.bucket_arn for bucket in buckets])
        holds = [*((bucket, USER_KEYS) for bucket in buckets), (self._storage.results, EXPORT_KEYS)]
        objects = [bucket.arn_for_objects(keys) for bucket, keys in holds]
        allow(self.role, *DELETE_VERSIONS, on=objects)
        for bucket, keys in holds:
            acknowledge_pattern(self.role, bucket, keys, reason="It deletes for every owner.")

    def _grant_tables(self) -> None:
        """Erase jobs and users, and raise the epoch of a result before its copies go."""
        items = [self._storage.annotations.table_arn, self._storage.users.table_arn]
        allow(self.role, "dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", on=items)
        allow(self.role, "dynamodb:Query", on=f"{items[0]}/index/{JOBS_OF_USER.name}")

    def _grant_messages(self) -> None:
        """Look at a removed job again until its upload can't arrive any more; email receipts."""
        for work in (self._messaging.removals, self._messaging.surplus_copies):
            consume(self.role, work.queue)
        send(self.role, self._messaging.removals.queue)
        allow_sending(self.role, sender=self.stage.mail.sender)
