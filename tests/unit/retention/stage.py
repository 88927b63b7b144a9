"""One stage's worth of plans on the emulator: users, jobs with results, buckets and queues."""

import json
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from loadtest.roles import change_role
from runtime.common import aws
from runtime.common.job import Job
from runtime.common.jobs.result_states import ResultStates
from runtime.common.keys import NOT_ALWAYS, result_keys
from runtime.common.messages import PlanChange
from runtime.common.objects import Objects
from runtime.common.queues import Queue
from runtime.common.users import Role, User, UserStore
from runtime.contract.s3 import job_exports_prefix
from tests.emulator import (
    Emulator,
    create_annotations_table,
    create_ephemeral_table,
    create_owned_items_table,
    create_users_table,
)
from tests.jobs import JobStore
from tests.unit.clock import Clock
from tests.unit.queues import Queue as TestQueue
from tests.unit.queues import create_queue
from tests.unit.retention.post import Post
from tests.unit.retention.seam import Seam
from tests.unit.topics import create_topic

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_s3 import S3Client

RETENTION = 1_800
FILE_NAME = "x.vcf"
GOES = {"vcf", "index", "parquet", "genotypes"}
STAYS = {"summary", "log"}
ALL = STAYS | GOES


@dataclass
class Stage:
    """Where results are, who owns them, and what is said of them.

    The clients that it makes are watched by `seam`; what the tests do themselves is not.
    """

    emulator: Emulator
    clock: Clock = field(default_factory=Clock)
    seam: Seam = field(default_factory=Seam)
    post: Post = field(default_factory=Post)
    free_seconds: int = RETENTION

    def __post_init__(self) -> None:
        name = uuid.uuid4().hex
        self.s3: S3Client = self.emulator.session.client(
            "s3", endpoint_url=self.emulator.endpoint_url
        )
        self.results, self.archive = f"results-{name}", f"archive-{name}"
        for bucket in (self.results, self.archive):
            self.s3.create_bucket(Bucket=bucket)
            self.s3.put_bucket_versioning(
                Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
            )
        self.annotations = create_annotations_table(self.emulator, f"annotations-{name}")
        users = create_users_table(self.emulator, f"users-{name}")
        ephemeral = create_ephemeral_table(self.emulator, f"ephemeral-{name}")
        self.owned_items = create_owned_items_table(self.emulator, f"owned-items-{name}")
        self.jobs = JobStore(self.annotations, self.clock)
        self.states = ResultStates(self.annotations, self.clock)
        self.users = UserStore(users, self.clock)
        self._users_table = users
        self.archive_queue: TestQueue = create_queue(self.emulator)
        self.restore_requests: TestQueue = create_queue(self.emulator)
        self.restore_completed: TestQueue = create_queue(self.emulator)
        self.surplus_copies: TestQueue = create_queue(self.emulator)
        self.result_moves = create_topic(self.emulator)
        self._announce_restores()
        self._shared: dict[str, Any] = {}
        self.watched_annotations, self.watched_users, self.watched_ephemeral = self._watch_tables(
            self.annotations.name, users.name, ephemeral.name
        )

    def user(self, role: Role = Role.FREE_USER) -> User:
        """Make a user; the password's hash, slow by design, is made by nobody."""
        user = User(
            user_id=str(uuid.uuid4()),
            email=f"{uuid.uuid4().hex}@example.org",
            name="Ada",
            password_hash="none",
            role=role,
            email_verified=True,
            created_at=int(self.clock()),
        )
        self.users._table.put_item(Item=user.model_dump(mode="json", exclude_none=True))
        return user

    def completed(self, owner: User, *, whole: bool = True) -> Job:
        """Make a job that completes now, with all files, or those alone that every result has."""
        job_id = str(uuid.uuid4())
        keys = result_keys(owner.user_id, job_id, FILE_NAME)
        for name, key in vars(keys).items():
            if whole or name not in NOT_ALWAYS:
                body = b"the result" if name == "vcf" else name.encode()
                self.s3.put_object(Bucket=self.results, Key=key, Body=body)
        exported = f"{job_exports_prefix(owner.user_id, job_id)}digest/x.tsv"
        self.s3.put_object(Bucket=self.results, Key=exported, Body=b"exported")
        self.jobs.submit(job_id, owner.user_id, name=FILE_NAME)
        return self.jobs.complete(
            self.jobs.claim(job_id, lease_seconds=60), reference_version="1.0.0"
        )

    def due(self, owner: User) -> Job:
        """Make a completed job whose retention is over."""
        job = self.completed(owner)
        self.clock.advance(self.free_seconds)
        return job

    def change_role(self, user_id: str, role: Role) -> None:
        """Put a user on another plan; nothing is sent."""
        change_role(self._users_table, user_id, role, self.clock)

    def upgrade(self, owner: User) -> PlanChange:
        """Put a user on Premium; return the message that says so."""
        self.change_role(owner.user_id, Role.PREMIUM_USER)
        return PlanChange(user_id=owner.user_id)

    def cancel(self, owner: User) -> PlanChange:
        """Put a user back on Free; return the message that says so."""
        self.change_role(owner.user_id, Role.FREE_USER)
        return PlanChange(user_id=owner.user_id)

    def shared(self, service: Any) -> Any:
        """Return the client of all handlers: to make one takes longer than most tests."""
        if service not in self._shared:
            self._shared[service] = self.client(service)
        return self._shared[service]

    def client(self, service: Any) -> Any:
        """Make a client that the seam watches, with the settings of the processes'."""
        config = aws._S3 if service == "s3" else aws._COMMON
        made = self.emulator.session.client(
            service, endpoint_url=self.emulator.endpoint_url, config=config
        )
        if service == "sqs":
            self.post.watch(made)  # before the seam, which may end the call after its effect
        self.seam.watch(made)
        return made

    def watched_queue(self, queue: TestQueue) -> Queue:
        return Queue(self.shared("sqs"), queue.url)

    def _watch_tables(self, *names: str) -> "list[Table]":
        resource = self.emulator.session.resource(
            "dynamodb", endpoint_url=self.emulator.endpoint_url
        )
        self.seam.watch(resource.meta.client)
        return [resource.Table(name) for name in names]

    def removed(self, job: Job) -> None:
        """Remove a job for good, as the process removal does after it has deleted the files."""
        self.jobs.remove(job.job_id, job.user_id)
        self.jobs.erase(job.job_id)

    def job(self, job: Job) -> Job:
        """Return the job as the table holds it now."""
        return self.jobs.require(job.job_id)

    def content(self, job: Job) -> bytes | None:
        """Return the annotated VCF in the results bucket, if it's there."""
        return self._read(self.results, job.result_keys.vcf)

    def archive_versions(self, job: Job) -> set[str]:
        """Return the ids of all versions of the result's files in the archive."""
        prefix = f"users/{job.user_id}/{job.job_id}/"
        return {each.version_id for each in Objects(self.s3).versions(self.archive, prefix)}

    def names_in_results(self, job: Job) -> set[str]:
        """Return which of its files a job has in the results bucket, by the names of their kind."""
        return set(self.contents(job))

    def contents(self, job: Job) -> dict[str, bytes]:
        """Return what a job has in the results bucket, by the names of the files' kinds."""
        keys = vars(job.result_keys).items()
        found = {name: self._read(self.results, key) for name, key in keys}
        return {name: content for name, content in found.items() if content is not None}

    def _read(self, bucket: str, key: str) -> bytes | None:
        try:
            return self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except self.s3.exceptions.NoSuchKey:
            return None

    def _announce_restores(self) -> None:
        """Have S3 tell the queue when it has restored an object, as the stacks do."""
        queue = self.restore_completed
        policy = {
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue.arn,
        }
        queue.sqs.set_queue_attributes(
            QueueUrl=queue.url,
            Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [policy]})},
        )
        event: Any = {"QueueArn": queue.arn, "Events": ["s3:ObjectRestore:Completed"]}
        self.s3.put_bucket_notification_configuration(
            Bucket=self.archive, NotificationConfiguration={"QueueConfigurations": [event]}
        )
