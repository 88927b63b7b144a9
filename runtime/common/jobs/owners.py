"""What a job's owner does to it: makes it, cancels it, notes something, removes it."""

import random
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from runtime.common import items
from runtime.common.items import ConditionFailed
from runtime.common.job import CANCELLED, Job, searchable
from runtime.common.jobs.errors import JobEnded, JobMissing
from runtime.common.jobs.table import NOT_REMOVED, OPEN_ATTRIBUTES, JobTable
from runtime.contract.job_status import JobStatus

OPEN_SHARDS = 8
"""Partitions of the open-jobs index: one would bound the writes to 1,000 a second.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-indexes-gsi-sharding.html"""

MAX_NOTE_LENGTH = 500
"""Characters of a note: a few sentences."""


class Owners(JobTable):
    """The writes that a job's owner asks for. Whose job it is is part of each condition."""

    def create(
        self,
        *,
        job_id: str,
        user_id: str,
        input_file_name: str,
        s3_inputs_bucket: str,
        s3_key_input_file: str,
        input_size: int | None = None,
        note: str = "",
    ) -> Job:
        """Write a new job in PENDING; a second call for the same job returns the one there is.

        Args:
            input_size: bytes of the input, as S3 holds it.
            note: what the owner wants to remember of it, up to MAX_NOTE_LENGTH characters.

        Raises:
            PermissionError: the id belongs to a job of another user.
            JobMissing: the job was made before, and removed.
        """
        job = Job(
            job_id=job_id,
            user_id=user_id,
            input_file_name=input_file_name,
            s3_inputs_bucket=s3_inputs_bucket,
            s3_key_input_file=s3_key_input_file,
            input_size=input_size,
            note=note[:MAX_NOTE_LENGTH],
            search_text=searchable(input_file_name, note),
            submit_time=self._now(),
            job_status=JobStatus.PENDING,
            open_shard=f"open#{random.randrange(OPEN_SHARDS)}",  # noqa: S311 - spreads load
        )
        try:
            items.put(self._table, job.to_item(), condition=Attr("job_id").not_exists())
        except ConditionFailed as refusal:
            existing = self.require(job_id)
            if existing.user_id != user_id:
                raise PermissionError(f"job {job_id} is another user's") from refusal
            return existing
        return job

    def set_note(self, job_id: str, user_id: str, note: str) -> Job:
        """Replace the note of a job; an empty one takes it away.

        Raises:
            JobMissing: the user has no such job.
        """
        note = note.strip()[:MAX_NOTE_LENGTH]
        name = self.require(job_id).input_file_name
        changes = {"note": note, "search_text": searchable(name, note)}
        try:
            return self._update(job_id, set_=changes, condition=_belongs_to(user_id) & NOT_REMOVED)
        except ConditionFailed as refusal:
            raise JobMissing(f"user {user_id} has no job {job_id}") from refusal

    def cancel(self, job_id: str, user_id: str) -> Job:
        """End a job that nobody works on in FAILED; have the one who works on it end it.

        Returns:
            The job: ended, or with `cancel_requested`.

        Raises:
            JobMissing: the user has no such job.
            JobEnded: it has ended.
        """
        mine = _belongs_to(user_id)
        try:
            changes: dict[str, Any] = {"cancel_requested": True, **self._failure(CANCELLED)}
            return self._update(
                job_id, set_=changes, remove=OPEN_ATTRIBUTES, condition=mine & self._free()
            )
        except ConditionFailed:
            return self._request_cancel(job_id, user_id)

    def _request_cancel(self, job_id: str, user_id: str) -> Job:
        # Whoever claims a job that was handed back meanwhile finds the wish too.
        still_open = _belongs_to(user_id) & Attr("open_shard").exists() & NOT_REMOVED
        try:
            return self._update(job_id, set_={"cancel_requested": True}, condition=still_open)
        except ConditionFailed as refusal:
            job = self.require(job_id)
            if job.user_id != user_id:
                raise JobMissing(f"user {user_id} has no job {job_id}") from refusal
            raise JobEnded(f"job {job_id} is {job.job_status}") from refusal

    def remove(self, job_id: str, user_id: str) -> Job:
        """Write the tombstone: nobody sees the job or works on it any more. Safe to repeat.

        Its lease, if any, stays: who works on it may still write files until that ends.

        Raises:
            JobMissing: the user has no such job.
        """
        try:
            return self._update(
                job_id,
                set_={"removed_at": self._now()},
                # Out of both sparse indexes: it isn't open, and nobody waits for its return.
                remove=("open_shard", "restoring_user", "restore_due"),
                condition=_belongs_to(user_id) & NOT_REMOVED,
            )
        except ConditionFailed as refusal:
            job = self.get_even_removed(job_id)
            if job is None or job.user_id != user_id:
                raise JobMissing(f"user {user_id} has no job {job_id}") from refusal
            return job

    def erase(self, job_id: str) -> None:
        """Delete the item of a removed job; safe to repeat.

        Raises:
            items.ConditionFailed: the job isn't removed.
        """
        gone = Attr("removed_at").exists() | Attr("job_id").not_exists()
        items.delete(self._table, {"job_id": job_id}, condition=gone)


def _belongs_to(user_id: str) -> ConditionBase:
    return Attr("user_id").eq(user_id)
