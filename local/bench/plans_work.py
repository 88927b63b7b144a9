"""Results of one user, made directly: archived and restored by the processes that are there."""

import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.account import Account
from local.bench.measure import measure
from local.client import SiteClient
from local.cloud import Cloud
from local.errors import LocalError
from local.outputs import Outputs
from runtime.common.job import Job, JobStatus, ResultState
from runtime.common.keys import result_keys
from runtime.common.messages import JobResult, Message, PlanChange
from runtime.common.queues import MAX_DELAY_SECONDS, Queue
from runtime.common.users import Role, User, UserStore

POLL_SECONDS = 0.5
MOST_SECONDS = 3600.0
JOB_SECONDS = 120.0
DAY_SECONDS = 86_400
AT_ONCE = 8
FILE_NAME = "bench.vcf"


@dataclass(frozen=True)
class Work:
    """A platform, and the bytes of one annotated VCF."""

    account: Account
    outputs: Outputs
    vcf: bytes

    @classmethod
    def prepare(cls, cloud: Cloud) -> "Work":
        """Have the sample annotated; its result is what is copied.

        Raises:
            LocalError: it wasn't annotated.
        """
        with tempfile.TemporaryDirectory(prefix="gas-bench-") as name:
            bundle, result = Path(name) / "bundle", Path(name) / "result.vcf.gz"
            measure([sys.executable, "-m", "reference", "--out", bundle])
            site = SiteClient(cloud.site_url)
            site.sign_in(cloud.demo.email, cloud.demo.password)
            job = site.submit(bundle / "sample.vcf")
            site.wait(job.job_id, seconds=JOB_SECONDS, on_progress=lambda _status, _percent: None)
            site.download(job.job_id, result)
            site.close()
            return cls(cloud.account, cloud.outputs, result.read_bytes())

    @property
    def archive_queue(self) -> Queue:
        """The queue that carries the timers."""
        return Queue(self.account.client("sqs"), self.outputs.job_results_archive_queue)

    def add_pending(self, count: int) -> None:
        """Send messages of as many jobs that have just completed."""
        message = JobResult(
            job_id="pending",
            user_id="bench",
            job_status=JobStatus.COMPLETED,
            complete_time=int(time.time()) + DAY_SECONDS,
        )
        self.archive_queue.send_batch([(message, MAX_DELAY_SECONDS)] * count)

    def count_pending(self) -> int:
        """Return how many messages are delayed."""
        answer = self.archive_queue.sqs.get_queue_attributes(
            QueueUrl=self.archive_queue.url,
            AttributeNames=["ApproximateNumberOfMessagesDelayed"],
        )
        return int(answer["Attributes"]["ApproximateNumberOfMessagesDelayed"])

    def forget_pending(self) -> None:
        """Empty the queue."""
        self.archive_queue.sqs.purge_queue(QueueUrl=self.archive_queue.url)

    def new_batch(self, count: int) -> "Batch":
        """Make a Free user with as many completed jobs, whose time is over since yesterday."""
        users = UserStore(self.account.dynamodb().Table(self.outputs.users_table))
        owner = users.create(
            email=f"{uuid.uuid4().hex}@example.org", name="Bench", password=uuid.uuid4().hex
        )
        table = self.account.dynamodb().Table(self.outputs.annotations_table)
        jobs = [_completed(owner, self.outputs.results_bucket) for _ in range(count)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self._put_result, jobs))
        with table.batch_writer() as batch:
            for job in jobs:
                batch.put_item(Item=job.to_item())
        return Batch(self, users, owner, jobs)

    def _put_result(self, job: Job) -> None:
        self.account.client("s3").put_object(
            Bucket=self.outputs.results_bucket, Key=str(job.s3_key_result_file), Body=self.vcf
        )

    def states(self, user_id: str) -> Iterable[str]:
        """Yield where each result of a user is."""
        table = self.account.dynamodb().Table(self.outputs.annotations_table)
        query: dict[str, Any] = {
            "IndexName": "user_id_index",
            "KeyConditionExpression": "user_id = :user_id",
            "ExpressionAttributeValues": {":user_id": user_id},
        }
        while True:
            answer = table.query(**query)
            yield from (str(item["result_state"]) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


@dataclass(frozen=True)
class Batch:
    """Jobs of one user that are archived, and restored after that."""

    work: Work
    users: UserStore
    owner: User
    jobs: list[Job]

    def archive(self) -> float:
        """Have all archived; return how many that were a minute.

        Raises:
            LocalError: not all were, in the end.
        """
        messages: list[tuple[Message, int]] = [(JobResult.of(job), 0) for job in self.jobs]
        return self._timed(
            lambda: self.work.archive_queue.send_batch(messages), ResultState.ARCHIVED
        )

    def restore(self) -> float:
        """Upgrade the owner and have all restored; return how many that were a minute.

        Raises:
            LocalError: not all were, in the end.
        """
        requests = Queue(self.work.account.client("sqs"), self.work.outputs.restore_requests_queue)

        def upgrade() -> None:
            self.users.set_role(self.owner.user_id, Role.PREMIUM_USER)
            requests.send(PlanChange(user_id=self.owner.user_id))

        return self._timed(upgrade, ResultState.AVAILABLE)

    def _timed(self, begin: Callable[[], None], wanted: ResultState) -> float:
        started = time.monotonic()
        begin()
        while time.monotonic() - started < MOST_SECONDS:
            found = list(self.work.states(self.owner.user_id))
            if len(found) == len(self.jobs) and set(found) == {wanted.value}:
                return len(self.jobs) / (time.monotonic() - started) * 60
            time.sleep(POLL_SECONDS)
        missing = sum(state != wanted.value for state in found)
        raise LocalError(f"{missing} of {len(self.jobs)} results aren't {wanted.value}.")


def _completed(owner: User, bucket: str) -> Job:
    job_id = str(uuid.uuid4())
    keys = result_keys(owner.user_id, job_id, FILE_NAME)
    yesterday = int(time.time()) - DAY_SECONDS
    return Job(
        job_id=job_id,
        user_id=owner.user_id,
        input_file_name=FILE_NAME,
        s3_inputs_bucket="bench",
        s3_key_input_file=f"users/{owner.user_id}/{job_id}/{FILE_NAME}",
        s3_results_bucket=bucket,
        s3_key_result_file=keys.vcf,
        submit_time=yesterday,
        complete_time=yesterday,
        job_status=JobStatus.COMPLETED,
        result_state=ResultState.AVAILABLE,
        progress=100,
    )
