"""What a job's owner does to it: creates it, cancels it, and sets its note."""

import random
from typing import Any

from boto3.dynamodb.conditions import Attr

from runtime.common import items
from runtime.common.items import ConditionFailed
from runtime.common.job import CANCELLED, Job, searchable
from runtime.common.jobs.refusals import JobEnded, JobMissing
from runtime.common.jobs.table import (
    NOT_REMOVED,
    OPEN_ATTRIBUTES,
    OPEN_SHARDS,
    JobTable,
    belongs_to,
)
from runtime.contract.job_status import FailureKind, JobStatus

MAX_NOTE_LENGTH = 500
"""Characters of a note: a few sentences."""


class OwnerActions(JobTable):
    """The writes that a job's owner asks for. Whose job it is is part of each condition."""

    def create(
        self,
        *,
        job_id: str,
        user_id: str,
        input_file_name: str,
        s3_inputs_bucket: str,
        s3_key_input_file: str,
        reference: str,
        input_size: int | None = None,
        note: str = "",
    ) -> Job:
        """Write a new job in PENDING; a second call for the same job returns the one there is.

        Args:
            reference: the name of one that the stage offers.
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
            reference=reference,
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
            return self._update(job_id, set_=changes, condition=belongs_to(user_id) & NOT_REMOVED)
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
        mine = belongs_to(user_id)
        try:
            changes: dict[str, Any] = {
                "cancel_requested": True,
                **self._failure(CANCELLED, FailureKind.CANCELLED),
            }
            return self._update(
                job_id, set_=changes, remove=OPEN_ATTRIBUTES, condition=mine & self._free()
            )
        except ConditionFailed:
            return self._request_cancel(job_id, user_id)

    def _request_cancel(self, job_id: str, user_id: str) -> Job:
        # Whoever claims a job that was handed back meanwhile finds the wish too.
        still_open = belongs_to(user_id) & Attr("open_shard").exists() & NOT_REMOVED
        try:
            return self._update(job_id, set_={"cancel_requested": True}, condition=still_open)
        except ConditionFailed as refusal:
            job = self.require(job_id)
            if job.user_id != user_id:
                raise JobMissing(f"user {user_id} has no job {job_id}") from refusal
            raise JobEnded(f"job {job_id} is {job.job_status}") from refusal
