"""Removes the jobs and accounts of a load test: the platform removes the jobs, this the owners."""

import json
import time
from collections.abc import Iterable
from pathlib import Path

from loadtest.deployment import Deployment
from runtime.common.email_addresses import normalize_email
from runtime.common.messages import Removal
from runtime.contract.s3 import job_prefix

REMOVAL_SECONDS = 180.0
"""For the platform to remove jobs. A job that still runs is removed when its lease has ended."""

POLL_SECONDS = 0.5
"""How often the table is read: a removal doesn't announce its end."""


def read_accounts(file: Path) -> list[str]:
    """Return the email addresses that the researchers noted."""
    if not file.exists():
        return []
    lines = file.read_text(encoding="utf-8").splitlines()
    return [str(json.loads(line)["email"]) for line in lines]


def remove_accounts(deployment: Deployment, emails: Iterable[str]) -> list[str]:
    """Remove accounts with their jobs; return a sentence if any jobs are left."""
    users = {email: deployment.users.by_email(email) for email in emails}
    made = {email: user.user_id for email, user in users.items() if user is not None}
    jobs = {
        job.job_id: user_id
        for user_id in made.values()
        for job in deployment.removals.all_of_user(user_id)
    }
    left = remove_jobs(deployment, jobs)
    for email, user_id in made.items():
        remove_user(deployment, user_id, email)
    return left


def remove_jobs(deployment: Deployment, jobs: dict[str, str]) -> list[str]:
    """Have the platform remove jobs, given as job id -> owner's id.

    Its process `removal` deletes every version of their objects. It keeps the tombstones of young
    jobs, for uploads that may still arrive; here none does, and they are erased. Returns a sentence
    when jobs are left, otherwise nothing.
    """
    sqs = deployment.aws.client("sqs")
    for job_id, user_id in jobs.items():
        removal = Removal(user_id=user_id, job_id=job_id)
        sqs.send_message(QueueUrl=deployment.outputs.removals_queue, MessageBody=removal.to_body())
    left = set(jobs)
    deadline = time.monotonic() + REMOVAL_SECONDS
    while left and time.monotonic() < deadline:
        left = {job_id for job_id in left if not _erased(deployment, job_id)}
        if left:
            time.sleep(POLL_SECONDS)
    sentence = (
        f"{len(left)} of its {len(jobs)} jobs were still there after "
        f"{REMOVAL_SECONDS:.0f} s. The log of the removal instance says why: ./gas status"
    )
    return [sentence] if left else []


def _erased(deployment: Deployment, job_id: str) -> bool:
    """Erase a job whose files are deleted; return whether nothing of it is left."""
    job = deployment.removals.get_even_removed(job_id)
    if job is None:
        return True
    if job.removed_at is None or _files_are_left(deployment, job_prefix(job.user_id, job_id)):
        return False
    deployment.removals.erase(job_id)
    return True


def _files_are_left(deployment: Deployment, prefix: str) -> bool:
    s3, outputs = deployment.aws.client("s3"), deployment.outputs
    for bucket in (outputs.inputs_bucket, outputs.results_bucket):
        answer = s3.list_object_versions(Bucket=bucket, Prefix=prefix, MaxKeys=1)
        if answer.get("Versions") or answer.get("DeleteMarkers"):
            return True
    return False


def remove_user(deployment: Deployment, user_id: str, email: str) -> None:
    """Remove a user: the account, and the item that reserves its email address."""
    table = deployment.aws.dynamodb().Table(deployment.outputs.users_table)
    for key in (user_id, f"email#{normalize_email(email)}"):
        table.delete_item(Key={"user_id": key})
