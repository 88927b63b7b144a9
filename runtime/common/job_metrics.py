"""What the platform measures of its jobs, each at the event that changes it.

The dashboard and the alarms of `stacks` read these names; a test holds the two together.
"""

from enum import StrEnum

from runtime.common.job import Job, JobStatus
from runtime.common.metrics import Metric, Unit, emit

JOBS = "Jobs"
JOB_DURATION = "JobDuration"
JOB_FAILURES = "JobFailures"
RESULTS_ARCHIVED = "ResultsArchived"
ARCHIVE_DELAY = "ArchiveDelay"
RESTORES_REQUESTED = "RestoresRequested"
RESTORES_COMPLETED = "RestoresCompleted"
RESTORE_DURATION = "RestoreDuration"
RESTORES_OVERDUE = "RestoresOverdue"

NAMES: dict[str, tuple[str, ...]] = {
    JOBS: ("State",),
    JOB_DURATION: (),
    JOB_FAILURES: ("Reason",),
    RESULTS_ARCHIVED: (),
    ARCHIVE_DELAY: (),
    RESTORES_REQUESTED: (),
    RESTORES_COMPLETED: (),
    RESTORE_DURATION: (),
    RESTORES_OVERDUE: (),
}
"""Every custom metric, and its dimensions."""


class FailureKind(StrEnum):
    """Why jobs fail, as a bounded set: the sentence for the owner is in the job."""

    INPUT = "input"
    """The file is at fault."""

    ENGINE = "engine"
    """bcftools stopped, crashed, or went over a limit."""

    TIME_LIMIT = "time_limit"
    SERVICE = "service"
    """Anything else that the owner of the job has no part in."""

    GIVEN_UP = "given_up"
    """Every attempt ended without a result, or the job stayed open for a day."""

    CANCELLED = "cancelled"
    """Its owner didn't want it any more."""


def job_changed(status: JobStatus) -> None:
    """A job has come into this state, the first one included."""
    emit(Metric(JOBS), State=status.value)


def job_completed(job: Job) -> None:
    """A job has ended well; its duration is the user's wait, from submission to result."""
    job_changed(JobStatus.COMPLETED)
    if job.complete_time is not None:
        emit(Metric(JOB_DURATION, job.complete_time - job.submit_time, Unit.SECONDS))


def job_failed(kind: FailureKind) -> None:
    """A job has ended badly, for a reason of this kind."""
    job_changed(JobStatus.FAILED)
    emit(Metric(JOB_FAILURES), Reason=kind.value)


def result_archived(*, delay_seconds: float) -> None:
    """A result has gone into the archive, so many seconds after its retention ended."""
    emit(Metric(RESULTS_ARCHIVED), Metric(ARCHIVE_DELAY, delay_seconds, Unit.SECONDS))


def restore_requested() -> None:
    """S3 has taken the request for an archived result."""
    emit(Metric(RESTORES_REQUESTED))


def result_restored(*, duration_seconds: float) -> None:
    """An archived result is back, so many seconds after it was asked for."""
    emit(Metric(RESTORES_COMPLETED), Metric(RESTORE_DURATION, duration_seconds, Unit.SECONDS))


def restore_overdue() -> None:
    """A result that was asked for is still not back, and somebody should look why."""
    emit(Metric(RESTORES_OVERDUE))
