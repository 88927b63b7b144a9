"""Publishes real jobs to the annotators in a rhythm, and polls each until it ends."""

import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from loadtest.deployment import Deployment
from loadtest.removal import remove_jobs, remove_user
from loadtest.rhythm import Rhythm, next_minute
from runtime.common.keys import input_key
from runtime.common.messages import JobRequest
from runtime.common.users import User
from runtime.contract.job_status import JobStatus

POLL_SECONDS = 0.25
"""How often open jobs are read."""

MAX_READS = 20
"""How many open jobs, the oldest ones, are read at once while others are still to be published.
More reads would delay a publication."""

AHEAD_SECONDS = 0.5
"""How long before its time a job is written. Much earlier, and the janitor would request it."""

FINISH_SECONDS = 180.0
"""For the last jobs to end."""


@dataclass
class PublishedJob:
    """A published job. Times are epoch seconds; `ended` is when its end was noticed.

    `late` is the delay of the publication in seconds.
    """

    job_id: str
    published: float
    late: float
    ended: float | None = None
    status: JobStatus = JobStatus.PENDING
    error: str | None = None

    @property
    def completed(self) -> bool:
        """Whether its status is COMPLETED."""
        return self.status is JobStatus.COMPLETED


class AnnotatorLoad:
    """Publishes jobs of a new user, and polls them.

    Args:
        deployment: the platform.
        vcf: the input of every job.
        reference: the name of its reference.
        scale: how many times as fast as the wall clock the rhythm runs.
        show: called with the jobs after each poll.
    """

    def __init__(
        self,
        deployment: Deployment,
        *,
        vcf: Path,
        reference: str,
        scale: int,
        show: Callable[[list[PublishedJob]], None],
    ) -> None:
        self.sent: list[PublishedJob] = []
        self._deployment = deployment
        self._vcf = vcf
        self._reference = reference
        self._scale = scale
        self._show = show
        self._user: User | None = None
        self._made: list[str] = []
        self._polled = 0.0

    def run(self, rhythm: Rhythm) -> None:
        """Publish all jobs on time, from the alarms' next minute on, and wait for their end."""
        self._user = self._deployment.users.create(
            email=f"loadtest-{uuid.uuid4().hex}@example.org",
            name="Load Test",
            password=secrets.token_urlsafe(32),
            email_verified=True,
        )
        start = next_minute(time.time(), self._scale)
        for due in (start + seconds / self._scale for seconds in rhythm.times_s()):
            self._poll_until(due - AHEAD_SECONDS)
            job_id = self._prepare(self._user)
            self._poll_until(due)
            self._publish(job_id, due)
        self.finish()
        self._poll_until(start + rhythm.seconds / self._scale)

    def finish(self) -> None:
        """Poll the jobs until all have ended, for at most FINISH_SECONDS."""
        deadline = time.time() + FINISH_SECONDS
        while time.time() < deadline and self._poll():
            time.sleep(POLL_SECONDS)

    def remove(self) -> list[str]:
        """Remove the jobs and their owner; return a sentence if any jobs are left."""
        if self._user is None:
            return []
        user_id = self._user.user_id
        left = remove_jobs(self._deployment, dict.fromkeys(self._made, user_id))
        remove_user(self._deployment, user_id, self._user.email)
        return left

    def _prepare(self, user: User) -> str:
        """Upload an input and write its job, so that only the publication is left to do."""
        job_id = str(uuid.uuid4())
        self._made.append(job_id)
        outputs = self._deployment.outputs
        key = input_key(user.user_id, job_id, self._vcf.name)
        self._deployment.aws.client("s3").upload_file(str(self._vcf), outputs.inputs_bucket, key)
        self._deployment.jobs.create(
            job_id=job_id,
            user_id=user.user_id,
            input_file_name=self._vcf.name,
            s3_inputs_bucket=outputs.inputs_bucket,
            s3_key_input_file=key,
            reference=self._reference,
        )
        return job_id

    def _publish(self, job_id: str, due: float) -> None:
        self._deployment.aws.client("sns").publish(
            TopicArn=self._deployment.outputs.job_requests_topic,
            Message=JobRequest(job_id=job_id).to_body(),
        )
        published = time.time()
        self.sent.append(PublishedJob(job_id, published, published - due))

    def _poll_until(self, epoch_seconds: float) -> None:
        while True:
            if time.time() > self._polled + POLL_SECONDS:
                self._poll(MAX_READS)
            left = epoch_seconds - time.time()
            if left <= 0:
                return
            time.sleep(min(POLL_SECONDS, left))

    def _poll(self, most: int | None = None) -> int:
        """Read the open jobs, at most the `most` oldest; return how many are still open."""
        self._polled = time.time()
        open_jobs = [sent for sent in self.sent if sent.ended is None]
        for sent in open_jobs[:most]:
            job = self._deployment.jobs.require(sent.job_id)
            sent.status = job.job_status
            if job.ended:
                sent.ended, sent.error = time.time(), job.error
        self._show(self.sent)
        return sum(sent.ended is None for sent in self.sent)
