"""The platform that is broken: its site, its account, and what is read of its jobs and queues."""

import hashlib
import re
import time
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import httpx

from loadtest.deployment import Deployment
from local.aws.account import ACCOUNT_ID, Account
from local.aws.outbox import Mail, read_outbox
from local.aws.outputs import Outputs
from local.errors import LocalError
from runtime.common.job import Job
from runtime.common.keys import ARCHIVED_FILES

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

POLL_SECONDS = 0.25
OUTBOX_SECONDS = 60.0

_IDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

COMPARED = ARCHIVED_FILES
"""The result's files that depend on the input alone. Summary and log tell of times too."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A platform of this machine.

    Attributes:
        root_pid: the process that runs it.
        outputs: of its stacks.
    """

    site_url: str
    account: Account
    deployment: Deployment
    outputs: Outputs
    root_pid: int

    @cached_property
    def users_table(self) -> "Table":
        """The table of users."""
        return self.account.dynamodb().Table(self.outputs.users_table)

    @cached_property
    def jobs_table(self) -> "Table":
        """The table of jobs."""
        return self.account.dynamodb().Table(self.outputs.annotations_table)

    def job(self, job_id: str) -> Job | None:
        """The job as the table holds it."""
        return self.deployment.jobs.get(job_id)

    def mails(self) -> list[Mail]:
        """All emails, the oldest first."""
        return read_outbox(self.account, seconds=OUTBOX_SECONDS)

    def digests(self, job: Job) -> dict[str, str]:
        """SHA-256 of each file of a result that depends on the input alone, if it is there."""
        s3, found = self.account.client("s3"), {}
        for name in COMPARED:
            key = getattr(job.result_keys, name)
            try:
                content = s3.get_object(Bucket=self.outputs.results_bucket, Key=key)["Body"].read()
            except s3.exceptions.NoSuchKey:
                continue
            found[name] = hashlib.sha256(content).hexdigest()
        return found

    def queues_with(self, ids: Set[str], *, timers: bool) -> list[str]:
        """The queue's name of each message that names one of these jobs, waiting or in hand.

        Args:
            timers: also messages that nobody has received and that aren't to be received yet: the
                archive queue delays each by the retention.

        Raises:
            LocalError: the emulator doesn't answer.
        """
        url = f"{self.account.endpoint_url}/_ministack/sqs/messages"
        try:
            answer = httpx.get(url, params={"account": ACCOUNT_ID}, timeout=OUTBOX_SECONDS)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise LocalError(f"The emulator doesn't answer: {error}. See ./gas status") from error
        return [
            queue.rpartition("/")[2]
            for queues in answer.json()["messages"].get(ACCOUNT_ID, {}).values()
            for queue, messages in queues.items()
            for message in messages
            if not ids.isdisjoint(_IDS.findall(message["Body"]))
            if timers or not _is_timer(message)
        ]

    def problem(self) -> str:
        """What is wrong with the site, in a sentence; empty when /health is satisfied."""
        try:
            answer = httpx.get(f"{self.site_url}/health", timeout=30)
        except httpx.HTTPError as error:
            return f"The site doesn't answer: {error}."
        if answer.status_code != httpx.codes.OK:
            return f"/health answers {answer.status_code}: {answer.text[:200]}"
        return ""


def _is_timer(message: Mapping[str, Any]) -> bool:
    return bool(message["ReceiveCount"] == 0 and message["VisibleAt"] > time.time())


def wait_for(condition: Callable[[], bool], seconds: float, *, every: float = POLL_SECONDS) -> bool:
    """Wait until a condition holds, at most so many seconds; return whether it does.

    What is waited for is in other processes, which send no event.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True
