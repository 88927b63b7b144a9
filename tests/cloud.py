"""The laptop cloud as the platform and browser tests see it."""

import json
from dataclasses import dataclass
from typing import Any

import boto3
import httpx

from loadtest.roles import change_role
from local.aws.account import ACCOUNT_ID, Account
from local.aws.outbox import Mail, read_outbox
from local.demo_user import DemoUser
from local.deployed_platform import DeployedPlatform
from runtime.common.users import Role, User, UserStore
from tests.jobs import JobStore


@dataclass(frozen=True)
class DeployedCloud:
    """A platform that is deployed and answers; `platform` has what stands for AWS."""

    platform: DeployedPlatform

    @property
    def site_url(self) -> str:
        """Scheme, host and port."""
        return self.platform.site_url

    @property
    def account(self) -> Account:
        """Clients of the root user."""
        return self.platform.account

    @property
    def endpoint_url(self) -> str:
        """The emulator's."""
        return self.account.endpoint_url

    @property
    def stripe_url(self) -> str:
        """Of the Stripe stand-in."""
        return self.platform.stripe.url

    @property
    def session(self) -> boto3.Session:
        """The root user's; pass `endpoint_url` to its clients."""
        return self.account.session

    @property
    def demo(self) -> DemoUser:
        """A user: `.email`, `.password`."""
        return self.platform.demo

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs of all stacks, by name."""
        stacks = json.loads(self.platform.folder.outputs_file.read_text())
        return {name: value for outputs in stacks.values() for name, value in outputs.items()}

    @property
    def jobs(self) -> JobStore:
        """The table of jobs, read and written as the processes do."""
        return JobStore(self.account.dynamodb().Table(self.outputs["AnnotationsTable"]))

    @property
    def users(self) -> UserStore:
        """The table of users."""
        return UserStore(self.account.dynamodb().Table(self.outputs["UsersTable"]))

    def change_role(self, user_id: str, role: Role) -> None:
        """Put a user on another plan; nothing is sent."""
        change_role(self.account.dynamodb().Table(self.outputs["UsersTable"]), user_id, role)

    def new_user(self, email: str, password: str) -> User:
        """Make another user."""
        return self.users.create(
            email=email, name=email.partition("@")[0], password=password, email_verified=True
        )

    def mail(self) -> list[Mail]:
        """Everything that was mailed, the oldest first."""
        return read_outbox(self.account)

    def stored(self, prefix: str) -> list[str]:
        """Keys below a prefix in all buckets of users' files: each version and delete marker."""
        s3, found = self.account.client("s3"), []
        for bucket in ("InputsBucket", "ResultsBucket", "ArchiveBucket"):
            answer = s3.list_object_versions(Bucket=self.outputs[bucket], Prefix=prefix)
            found += [each["Key"] for each in answer.get("Versions", [])]
            found += [each["Key"] for each in answer.get("DeleteMarkers", [])]
        return found

    def bodies(self, queue: str) -> list[str]:
        """Bodies of the messages in a queue, by the name of its output."""
        return [message["Body"] for message in self._messages(queue)]

    def all_received(self, queue: str) -> bool:
        """Whether every message in a queue has been received once at least."""
        return all(message["ReceiveCount"] > 0 for message in self._messages(queue))

    def _messages(self, queue: str) -> list[dict[str, Any]]:
        """Messages waiting, delayed and in hand, looked at without receiving them."""
        url = f"{self.endpoint_url}/_ministack/sqs/messages"
        answer = httpx.get(url, params={"QueueUrl": self.outputs[queue]}, timeout=30)
        answer.raise_for_status()
        regions = answer.json()["messages"].get(ACCOUNT_ID, {}).values()
        return [
            message for queues in regions for messages in queues.values() for message in messages
        ]
