"""Users, jobs with results, buckets and queues on the emulator, and the handlers of plans there."""

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests

from runtime.archive.files import ResultFiles
from runtime.archive.handler import ArchiveHandler
from runtime.archive.timer import Timer
from runtime.common import aws
from runtime.common.delivery import Delivery
from runtime.common.job import Job
from runtime.common.jobs import JobStore
from runtime.common.keys import result_keys
from runtime.common.messages import JobResult, PlanChange, RestoreCompleted
from runtime.common.objects import Objects, Version
from runtime.common.queues import Queue
from runtime.common.result_states import ResultStates
from runtime.common.retention import Retention
from runtime.common.users import Role, User, UserStore
from runtime.restore.asking import Asking
from runtime.restore.handler import RestoreHandler
from runtime.restore.retrieval import Retrieval
from runtime.restore.rounds import Rounds
from runtime.thaw.handler import ThawHandler
from tests.emulator import (
    Emulator,
    create_annotations_table,
    create_ephemeral_table,
    create_users_table,
)
from tests.unit.clock import Clock
from tests.unit.plans.post import Post
from tests.unit.plans.seam import Seam
from tests.unit.queues import Queue as TestQueue
from tests.unit.queues import create_queue

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_s3 import S3Client

RETENTION = 1_800
FILE_NAME = "x.vcf"
DERIVED = ("index", "parquet")


@dataclass
class World:
    """One stage's worth of plans.

    The handlers' clients are watched by `seam`; what the tests do themselves is not.
    """

    emulator: Emulator
    clock: Clock = field(default_factory=Clock)
    seam: Seam = field(default_factory=Seam)
    post: Post = field(default_factory=Post)
    archived_mails: list[str] = field(default_factory=list)
    restored_mails: list[str] = field(default_factory=list)
    free_mails: list[tuple[str, int]] = field(default_factory=list)
    tier: Any = "Expedited"
    free_seconds: int = RETENTION
    storage_class: Any = "GLACIER"

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
        self.jobs = JobStore(self.annotations, self.clock)
        self.states = ResultStates(self.annotations, self.clock)
        self.users = UserStore(users, self.clock)
        self.archive_queue: TestQueue = create_queue(self.emulator)
        self.restore_requests: TestQueue = create_queue(self.emulator)
        self._watched_table = self._watch_table(self.annotations.name)
        self._watched_users = self._watch_table(users.name)
        self.restore_completed: TestQueue = create_queue(self.emulator)
        self._announce_restores()
        ephemeral = create_ephemeral_table(self.emulator, f"ephemeral-{name}")
        self._watched_ephemeral = self._watch_table(ephemeral.name)
        self.archiver = self.new_archiver()
        self.restorer = self.new_restorer()
        self.thawer = self.new_thawer()

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

    def completed(self, owner: User, content: bytes = b"the result") -> Job:
        """Make a job that completes now, with all of its files."""
        job_id = str(uuid.uuid4())
        keys = result_keys(owner.user_id, job_id, FILE_NAME)
        for name, key in vars(keys).items():
            body = content if name == "vcf" else name.encode()
            self.s3.put_object(Bucket=self.results, Key=key, Body=body)
        self.jobs.create(
            job_id=job_id,
            user_id=owner.user_id,
            input_file_name=FILE_NAME,
            s3_inputs_bucket="inputs",
            s3_key_input_file=f"users/{owner.user_id}/{job_id}/{FILE_NAME}",
        )
        return self.jobs.complete(
            self.jobs.claim(job_id, lease_seconds=60),
            results_bucket=self.results,
            result_key=keys.vcf,
            log_key=keys.log,
        )

    def due(self, owner: User) -> Job:
        """Make a completed job whose retention is over."""
        job = self.completed(owner)
        self.clock.advance(self.free_seconds)
        return job

    def new_archiver(self) -> ArchiveHandler:
        """Return the handler as another utilities instance has it."""
        return ArchiveHandler(
            jobs=JobStore(self._watched_table, self.clock),
            states=ResultStates(self._watched_table, self.clock),
            users=UserStore(self._watched_users, self.clock),
            files=ResultFiles(
                objects=Objects(self.client("s3")),
                results_bucket=self.results,
                archive_bucket=self.archive,
                storage_class=self.storage_class,
            ),
            retention=Retention(self.free_seconds),
            queue=self.watched_queue(self.archive_queue),
            restore_requests=self.watched_queue(self.restore_requests),
            tell=lambda job, _owner: self.archived_mails.append(job.job_id),
            clock=self.clock,
        )

    def new_restorer(self, page: int = 100) -> RestoreHandler:
        """Return the handler as another restore instance has it."""
        states = ResultStates(self._watched_table, self.clock)
        requests = self.watched_queue(self.restore_requests)
        return RestoreHandler(
            jobs=JobStore(self._watched_table, self.clock),
            users=UserStore(self._watched_users, self.clock),
            asking=Asking(
                states=states,
                retrieval=self._retrieval(),
                completed=self.watched_queue(self.restore_completed),
                clock=self.clock,
            ),
            rounds=Rounds(self._watched_ephemeral, self.clock),
            retention=Retention(self.free_seconds),
            requests=requests,
            archive_queue=self.watched_queue(self.archive_queue),
            tell_restored=lambda user: self.restored_mails.append(user.user_id),
            tell_free=lambda user, due: self.free_mails.append((user.user_id, due)),
            clock=self.clock,
            page=page,
        )

    def new_thawer(self) -> ThawHandler:
        """Return the handler as another restore instance has it."""
        client = self.client("s3")

        def derive(job: Job, copy: Version, _tick: object) -> None:
            keys = result_keys(job.user_id, job.job_id, job.input_file_name)
            for kind in DERIVED:
                client.put_object(Bucket=copy.bucket, Key=vars(keys)[kind], Body=kind.encode())

        return ThawHandler(
            jobs=JobStore(self._watched_table, self.clock),
            states=ResultStates(self._watched_table, self.clock),
            users=UserStore(self._watched_users, self.clock),
            retrieval=self._retrieval(),
            objects=Objects(client),
            results_bucket=self.results,
            derive=derive,
            retention=Retention(self.free_seconds),
            archive_queue=self.watched_queue(self.archive_queue),
            clock=self.clock,
        )

    def _retrieval(self) -> Retrieval:
        return Retrieval(self.client("s3"), self.archive, self.tier, self.clock)

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

    def archived(self, owner: User, count: int = 1) -> list[Job]:
        """Make jobs whose results are archived."""
        jobs = [self.completed(owner) for _ in range(count)]
        self.clock.advance(self.free_seconds)
        for job in jobs:
            self.archive_now(job)
        self.archived_mails.clear()
        return [self.job(job) for job in jobs]

    def upgrade(self, owner: User) -> PlanChange:
        """Put a user on Premium; return the message that says so."""
        self.users.set_role(owner.user_id, Role.PREMIUM_USER)
        return PlanChange(user_id=owner.user_id)

    def cancel(self, owner: User) -> PlanChange:
        """Put a user back on Free; return the message that says so."""
        self.users.set_role(owner.user_id, Role.FREE_USER)
        return PlanChange(user_id=owner.user_id)

    def restore_now(self, message: PlanChange) -> None:
        """Deliver a message of restore_requests."""
        self.restorer(message, delivery())

    def thaw_now(self, job: Job) -> None:
        """Deliver the news that S3 has restored the result of a job."""
        key = str(self.job(job).s3_key_result_file)
        self.thawer(RestoreCompleted.of(key), delivery())

    def pump(self, *, seconds: float = 0, until: Callable[[], bool] | None = None) -> None:
        """Deliver what the two queues of restores hold, delayed messages too, until they are empty.

        Args:
            seconds: how far the clock goes on at each round.
            until: ends it before.
        """
        for _ in range(2_000):
            bodies = self.take_all(self.restore_completed)
            for body in bodies:
                self.thawer(RestoreCompleted.from_body(body), delivery())
            asked = self.take_all(self.restore_requests)
            for body in asked:
                self.restore_now(PlanChange.from_body(body))
            self.clock.advance(seconds)
            if until() if until else not bodies and not asked:
                return
            if not bodies:
                time.sleep(0.02)
        raise AssertionError("the queues of restores don't become empty")

    def take_all(self, queue: TestQueue) -> list[str]:
        """Take all messages off a queue, those that are delayed as well."""
        delayed = queue.sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=["All"])
        if delayed["Attributes"]["ApproximateNumberOfMessagesDelayed"] != "0":
            self._hasten(queue)
        return self.bodies(queue)

    def _hasten(self, queue: TestQueue) -> None:
        """Send delayed messages again without a delay: their text is what the emulator shows."""
        url = f"{self.emulator.endpoint_url}/_ministack/sqs/messages"
        answer = requests.get(url, params={"QueueUrl": queue.url}, timeout=30).json()["messages"]
        waiting = [
            message["Body"]
            for regions in answer.values()
            for queues in regions.values()
            for messages in queues.values()
            for message in messages
        ]
        queue.sqs.purge_queue(QueueUrl=queue.url)
        for body in waiting:
            queue.send(body)

    def timer(self) -> Timer:
        """Return the sieve of the archive queue."""
        return Timer(self.watched_queue(self.archive_queue), self.free_seconds, self.clock)

    def archive_now(self, job: Job) -> None:
        """Deliver the message about a completed job to the archive."""
        self.archiver(JobResult.of(job), delivery())

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
        return Queue(self.client("sqs"), queue.url)

    def _watch_table(self, name: str) -> "Table":
        resource = self.emulator.session.resource(
            "dynamodb", endpoint_url=self.emulator.endpoint_url
        )
        table: Table = resource.Table(name)
        self.seam.watch(table.meta.client)
        return table

    def job(self, job: Job) -> Job:
        """Return the job as the table holds it now."""
        return self.jobs.require(job.job_id)

    def content(self, job: Job) -> bytes | None:
        """Return the annotated VCF in the results bucket, if it's there."""
        return self._read(self.results, result_keys(job.user_id, job.job_id, FILE_NAME).vcf)

    def archive_versions(self, job: Job) -> list[str]:
        """Return the ids of all versions of the result in the archive."""
        prefix = f"users/{job.user_id}/{job.job_id}/"
        return [each.version_id for each in Objects(self.s3).versions(self.archive, prefix)]

    def names_in_results(self, job: Job) -> set[str]:
        """Return which of its files a job has in the results bucket, by the names of their kind."""
        keys = result_keys(job.user_id, job.job_id, FILE_NAME)
        return {name for name, key in vars(keys).items() if self._read(self.results, key)}

    def bodies(self, queue: TestQueue) -> list[str]:
        """Take all messages off a queue, delayed ones left where they are."""
        bodies = []
        while found := queue.sqs.receive_message(QueueUrl=queue.url).get("Messages"):
            for message in found:
                queue.sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"])
                bodies.append(message["Body"])
        return bodies

    def _read(self, bucket: str, key: str) -> bytes | None:
        try:
            return self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except self.s3.exceptions.NoSuchKey:
            return None


def delivery() -> Delivery:
    """Return a delivery whose heart needn't beat."""
    return Delivery(extend=lambda: None, every_seconds=60, receive_count=1)
