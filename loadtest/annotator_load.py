"""Real jobs for the annotators, published to the topic in a rhythm, each followed to its end."""

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
"""How often jobs that go on are looked at."""

LOOKED_AT = 20
"""So many jobs are looked at in one go while others are to be published in time, the oldest."""

AHEAD_SECONDS = 0.5
"""So long before its time a job is prepared; much longer, and the janitor would request it."""

LATE_SECONDS = 180.0
"""For the last jobs to end."""


@dataclass
class Sent:
    """A job that was published. Times in epoch seconds; `ended` to the next look.

    `late` is how many seconds after its time it was published.
    """

    job_id: str
    published: float
    late: float
    ended: float | None = None
    status: JobStatus = JobStatus.PENDING
    error: str | None = None

    @property
    def completed(self) -> bool:
        """Whether it ended well."""
        return self.status is JobStatus.COMPLETED


class AnnotatorLoad:
    """Publishes jobs of a user made for them, and follows them.

    Args:
        deployment: whose annotators get the jobs.
        vcf: the input of each.
        scale: how many times as fast as the wall's the rhythm's time runs.
        show: called with the jobs after each look.
    """

    def __init__(
        self, deployment: Deployment, *, vcf: Path, scale: int, show: Callable[[list[Sent]], None]
    ) -> None:
        self.sent: list[Sent] = []
        self._deployment = deployment
        self._vcf = vcf
        self._scale = scale
        self._show = show
        self._user: User | None = None
        self._made: list[str] = []
        self._looked = 0.0

    def run(self, rhythm: Rhythm) -> None:
        """Publish all jobs in time, beginning with the alarms' next minute, and await their end."""
        self._user = self._deployment.users.create(
            email=f"loadtest-{uuid.uuid4().hex}@example.org",
            name="Load Test",
            password=secrets.token_urlsafe(32),
            email_verified=True,
        )
        start = next_minute(time.time(), self._scale)
        for due in (start + seconds / self._scale for seconds in rhythm.times_s()):
            self._follow_until(due - AHEAD_SECONDS)
            job_id = self._prepare(self._user)
            self._follow_until(due)
            self._publish(job_id, due)
        self.finish()
        self._follow_until(start + rhythm.seconds / self._scale)

    def finish(self) -> None:
        """Follow the jobs to their end, for LATE_SECONDS at most."""
        deadline = time.time() + LATE_SECONDS
        while time.time() < deadline and self._look():
            time.sleep(POLL_SECONDS)

    def remove(self) -> list[str]:
        """Remove the jobs and their owner; return a sentence about what is left of them."""
        if self._user is None:
            return []
        user_id = self._user.user_id
        left = remove_jobs(self._deployment, dict.fromkeys(self._made, user_id))
        remove_user(self._deployment, user_id, self._user.email)
        return left

    def _prepare(self, user: User) -> str:
        """Upload an input and write its job, so that publishing it is all that is left."""
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
        )
        return job_id

    def _publish(self, job_id: str, due: float) -> None:
        self._deployment.aws.client("sns").publish(
            TopicArn=self._deployment.outputs.job_requests_topic,
            Message=JobRequest(job_id=job_id).to_body(),
        )
        published = time.time()
        self.sent.append(Sent(job_id, published, published - due))

    def _follow_until(self, epoch_seconds: float) -> None:
        while True:
            if time.time() > self._looked + POLL_SECONDS:
                self._look(LOOKED_AT)
            left = epoch_seconds - time.time()
            if left <= 0:
                return
            time.sleep(min(POLL_SECONDS, left))

    def _look(self, most: int | None = None) -> int:
        """Look at the jobs that go on, the `most` oldest of them; return how many still do."""
        self._looked = time.time()
        going = [sent for sent in self.sent if sent.ended is None]
        for sent in going[:most]:
            job = self._deployment.jobs.require(sent.job_id)
            sent.status = job.job_status
            if job.ended:
                sent.ended, sent.error = time.time(), job.error
        self._show(self.sent)
        return sum(sent.ended is None for sent in self.sent)
