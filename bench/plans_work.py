"""Creates results of one user directly, and has the platform archive and restore them."""

import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench.measure import measure
from bench.plans_watch import Watch, wait_until_empty
from loadtest.roles import change_role
from local.aws.account import Account
from local.aws.outbox import read_outbox
from local.aws.outputs import Outputs
from local.deployed_platform import DeployedPlatform
from local.errors import LocalError
from local.progress import Step
from local.site_client import SiteClient
from runtime.common.job import Job, ResultState
from runtime.common.messages import JobResult, Message, PlanChange
from runtime.common.objects import Objects
from runtime.common.queues import Queue
from runtime.common.users import Role, User, UserStore
from runtime.contract.job_status import JobStatus
from runtime.contract.sqs import MAX_DELAY_SECONDS
from runtime.retention.emails import restored

JOB_SECONDS = 120.0
DAY_SECONDS = 86_400
OUTBOX_SECONDS = 300.0
THREADS = 8
FILE_NAME = "bench.vcf"


@dataclass(frozen=True)
class Work:
    """A platform, and the bytes of one annotated VCF; the same bytes stand for its Parquet."""

    account: Account
    outputs: Outputs
    vcf: bytes

    @classmethod
    def prepare(cls, platform: DeployedPlatform) -> "Work":
        """Have the sample annotated; its result is the one to copy.

        Raises:
            LocalError: it wasn't annotated.
        """
        with tempfile.TemporaryDirectory(prefix="gas-bench-") as name:
            bundle, result = Path(name) / "bundle", Path(name) / "result.vcf.gz"
            measure([sys.executable, "-m", "reference", "rcrs", "--out", bundle])
            site = SiteClient(platform.site_url)
            site.sign_in(platform.demo.email, platform.demo.password)
            job = site.submit(bundle / "sample.vcf")
            site.wait(job.job_id, seconds=JOB_SECONDS, on_progress=lambda _status, _percent: None)
            site.download(job.job_id, result)
            site.close()
            return cls(platform.account, platform.outputs, result.read_bytes())

    @property
    def archive_queue(self) -> Queue:
        """The queue of pending archives."""
        return Queue(self.account.client("sqs"), self.outputs.job_results_archive_queue)

    def add_pending(self, count: int) -> None:
        """Send messages for `count` jobs that have just been completed."""
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
        """Create a Free user with `count` completed jobs, due for the archive since yesterday."""
        users = UserStore(self.account.dynamodb().Table(self.outputs.users_table))
        owner = users.create(
            email=f"{uuid.uuid4().hex}@example.org", name="Bench", password=uuid.uuid4().hex
        )
        table = self.account.dynamodb().Table(self.outputs.annotations_table)
        jobs = [_completed(owner, number) for number in range(count)]
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(self._put_result, jobs))
        with table.batch_writer() as batch:
            for job in jobs:
                batch.put_item(Item=job.to_item())
        return Batch(self, owner, jobs)

    def _put_result(self, job: Job) -> None:
        s3, keys = self.account.client("s3"), job.result_keys
        for key in (keys.vcf, keys.parquet):
            s3.put_object(Bucket=self.outputs.results_bucket, Key=key, Body=self.vcf)


@dataclass(frozen=True)
class Batch:
    """Jobs of one user, to be archived and then restored."""

    work: Work
    owner: User
    jobs: list[Job]

    def archive(self, step: Step) -> float:
        """Have all archived; return the rate per minute.

        Raises:
            LocalError: some weren't archived.
        """
        messages: list[tuple[Message, int]] = [(JobResult.of(job), 0) for job in self.jobs]
        ids = [job.job_id for job in self.jobs]
        send = self.work.archive_queue.send_batch
        return self._timed(lambda: send(messages), ids, ResultState.ARCHIVED, step)

    def restore(self, step: Step) -> float:
        """Upgrade the owner and have all restored; return the rate per minute.

        Raises:
            LocalError: some weren't restored.
        """

        def upgrade() -> None:
            users = self.work.account.dynamodb().Table(self.work.outputs.users_table)
            change_role(users, self.owner.user_id, Role.PREMIUM_USER)
            self._restore_requests.send(PlanChange(user_id=self.owner.user_id))

        newest_first = [job.job_id for job in reversed(self.jobs)]
        return self._timed(upgrade, newest_first, ResultState.AVAILABLE, step)

    def require_told_once(self) -> None:
        """Make sure that the owner got one email that everything is back, when it was.

        Raises:
            LocalError: none or several came, or the archive isn't empty.
        """
        wait_until_empty(
            self.work.account,
            self._restore_requests.url,
            what="The restore process is still waiting for results.",
        )
        email = restored(self.owner, site_url=self.work.outputs.site_url)
        told = [
            mail
            for mail in read_outbox(self.work.account, seconds=OUTBOX_SECONDS)
            if mail.subject == email.subject and self.owner.email in mail.to
        ]
        if len(told) != 1:
            raise LocalError(f"{len(told)} emails say that everything is back, not one.")
        archive = self.work.outputs.archive_bucket
        s3 = Objects(self.work.account.client("s3"))
        if left := s3.versions(archive, f"users/{self.owner.user_id}/"):
            raise LocalError(
                f"{len(left):,} versions are left in the archive, of all that is back."
            )

    @property
    def _restore_requests(self) -> Queue:
        account, outputs = self.work.account, self.work.outputs
        return Queue(account.client("sqs"), outputs.restore_requests_queue)

    def _timed(
        self, begin: Callable[[], None], job_ids: list[str], wanted: ResultState, step: Step
    ) -> float:
        table = self.work.outputs.annotations_table
        watch = Watch(self.work.account.dynamodb(), table, job_ids)
        started = time.monotonic()
        begin()
        watch.wait(wanted, step)
        return len(job_ids) / (time.monotonic() - started) * 60


def _completed(owner: User, number: int) -> Job:
    job_id = str(uuid.uuid4())
    yesterday = int(time.time()) - DAY_SECONDS
    return Job(
        job_id=job_id,
        user_id=owner.user_id,
        input_file_name=FILE_NAME,
        s3_inputs_bucket="bench",
        s3_key_input_file=f"users/{owner.user_id}/{job_id}/{FILE_NAME}",
        submit_time=yesterday + number,  # the order in which a restore goes through them
        complete_time=yesterday,
        job_status=JobStatus.COMPLETED,
        result_state=ResultState.AVAILABLE,
        progress=100,
    )
