"""What a job is: an item of the annotations table."""

import unicodedata
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from runtime.common.keys import ResultNames, result_keys
from runtime.contract.job_status import FailureKind, JobStatus
from runtime.contract.s3 import LATE_EXPORT_SECONDS, UPLOAD_SECONDS

CANCELLED = "This job was cancelled by its owner."
"""The error of a job that its owner ended."""

FIRST_REFERENCE = "rcrs"
"""The reference of jobs that don't say which: they were made when there was no other."""


class ResultState(StrEnum):
    """Where the result of a COMPLETED job is."""

    AVAILABLE = "AVAILABLE"
    ARCHIVED = "ARCHIVED"
    RESTORING = "RESTORING"


class JobState(StrEnum):
    """Where a job stands, as its owner is told: its status, and what more there is to say of it."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    ARCHIVED = "ARCHIVED"
    RESTORING = "RESTORING"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class OpenJob(BaseModel):
    """What the index of open jobs holds. Times are in epoch seconds."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    job_id: str
    submit_time: int
    job_status: JobStatus
    lease_until: int | None = None


class EndedJob(BaseModel):
    """What the index of ended jobs holds. Times are in epoch seconds.

    Attributes:
        failure: why it failed; None of a COMPLETED job.
        variants: ALT alleles of its file; None where they weren't counted.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    submit_time: int
    complete_time: int
    failure: FailureKind | None = None
    variants: int | None = None


class Job(OpenJob):
    """A job, attribute by attribute as the table holds it. Times are in epoch seconds.

    Attributes:
        reference: the name of the reference that it is annotated with.
        reference_version: that reference's version, once the job is COMPLETED.
        variants: ALT alleles of its file, once the job is COMPLETED; older jobs don't have it.
        start_time: when the last attempt began.
        ended_day: the day in UTC of `complete_time`, as 2026-11-29 (the index of those is sparse).
        input_size: in bytes; None of jobs that were made before it was kept.
        failure: why a FAILED job failed; `error` is the sentence about it.
        interruptions: attempts that their process ended early, because it was to stop.
        has_log: the results bucket holds its log.
        search_text: what a search in the list of jobs looks into, see `searchable`.
        cancel_requested: its owner wants it ended; who works on it ends it.
        removed_at: its owner has removed it; only the removal of its files still knows it.
        archive_versions: while the result is archived, the versions of its files in the archive
            bucket, by their names in `ResultNames`; their keys there are `result_keys`.
        result_epoch: raised by each change of result_state, so that whoever has seen an older
            one can't write.
        former_versions: of a result that is back, what `archive_versions` was: they can go.
        restore_time: when the result came back from the archive last.
        restoring_user: the owner, while the result is RESTORING (the index of those is sparse).
        restore_asked_time: when S3 was asked for it last.
        restore_due: when a RESTORING result should be back.
    """

    user_id: str
    input_file_name: str
    reference: str = FIRST_REFERENCE
    reference_version: str | None = None
    variants: int | None = None
    s3_inputs_bucket: str
    s3_key_input_file: str
    has_log: bool = False
    complete_time: int | None = None
    ended_day: str | None = None
    result_state: ResultState | None = None
    archive_versions: dict[str, str] = Field(default_factory=dict)
    progress: int = 0
    error: str | None = None
    failure: FailureKind | None = None
    attempt: int = 0
    interruptions: int = 0
    open_shard: str | None = None
    request_time: int | None = None
    notify_time: int | None = None
    archived_mail_time: int | None = None
    restored_mail_time: int | None = None
    start_time: int | None = None
    input_size: int | None = None
    note: str = ""
    search_text: str = ""
    cancel_requested: bool = False
    removed_at: int | None = None
    result_epoch: int = 0
    archive_time: int | None = None
    former_versions: dict[str, str] = Field(default_factory=dict)
    restore_time: int | None = None
    restoring_user: str | None = None
    restore_asked_time: int | None = None
    restore_due: int | None = None

    @property
    def result_keys(self) -> ResultNames:
        """The keys of the job's results, in the results bucket and in the archive alike."""
        return result_keys(self.user_id, self.job_id, self.input_file_name)

    @property
    def arrivals_end(self) -> int:
        """The epoch second until which an upload of a removed job, or an export, may arrive."""
        upload = self.submit_time + UPLOAD_SECONDS
        if self.job_status is not JobStatus.COMPLETED or self.removed_at is None:
            return upload
        return max(upload, self.removed_at + LATE_EXPORT_SECONDS)

    @property
    def attempts_used(self) -> int:
        """Attempts that count: an interrupted one is nobody's fault."""
        return self.attempt - self.interruptions

    @property
    def ended(self) -> bool:
        """Whether the job has come to its end, good or bad."""
        return self.job_status in (JobStatus.COMPLETED, JobStatus.FAILED)

    @property
    def cancelled(self) -> bool:
        """Whether the job has ended because its owner wanted that."""
        return self.job_status is JobStatus.FAILED and self.error == CANCELLED

    @property
    def state(self) -> JobState:
        """Where the job stands, as its owner is told."""
        if self.cancelled:
            return JobState.CANCELLED
        if self.result_state in (ResultState.ARCHIVED, ResultState.RESTORING):
            return JobState(self.result_state)
        return JobState(self.job_status)

    def to_item(self) -> dict[str, Any]:
        """Return the item; attributes without a value are left out (the open index is sparse)."""
        return self.model_dump(mode="json", exclude_none=True)


def searchable(file_name: str, note: str) -> str:
    """Return the text that a search by name looks into: DynamoDB compares letter by letter."""
    return folded(f"{file_name}\n{note}")


def folded(text: str) -> str:
    """Return a text as searches compare it: composed (NFC), and without upper case."""
    return unicodedata.normalize("NFC", text).casefold()
