"""What the platform measures of its jobs, each at the event that changes it."""

from runtime.common.job import Job
from runtime.common.metrics import Metric, Unit, emit
from runtime.contract.cloudwatch import (
    ARCHIVE_DELAY,
    JOB_DURATION,
    JOB_FAILURES,
    JOBS,
    QUARANTINED,
    RESTORE_DURATION,
    RESTORES_COMPLETED,
    RESTORES_OVERDUE,
    RESTORES_REQUESTED,
    RESULTS_ARCHIVED,
)
from runtime.contract.job_status import FailureKind, JobStatus


def job_changed(status: JobStatus) -> None:
    """A job has come into this state, the first one included."""
    emit(Metric(JOBS), **JOBS.by(status))


def job_completed(job: Job) -> None:
    """A job has ended well; its duration is the user's wait, from submission to result."""
    job_changed(JobStatus.COMPLETED)
    if job.complete_time is not None:
        emit(Metric(JOB_DURATION, job.complete_time - job.submit_time, Unit.SECONDS))


def job_failed(kind: FailureKind) -> None:
    """A job has ended badly, for a reason of this kind."""
    job_changed(JobStatus.FAILED)
    emit(Metric(JOB_FAILURES), **JOB_FAILURES.by(kind))


def result_archived(*, delay_seconds: float) -> None:
    """A result has gone into the archive, so many seconds after its retention ended."""
    emit(Metric(RESULTS_ARCHIVED), Metric(ARCHIVE_DELAY, delay_seconds, Unit.SECONDS))


def restore_requested() -> None:
    """S3 has taken the request for an archived result."""
    emit(Metric(RESTORES_REQUESTED))


def result_restored(*, duration_seconds: float) -> None:
    """An archived result is back, so many seconds after it was asked for."""
    emit(Metric(RESTORES_COMPLETED), Metric(RESTORE_DURATION, duration_seconds, Unit.SECONDS))


def messages_quarantined(count: int) -> None:
    """So many messages were set aside, because they can't be read."""
    emit(Metric(QUARANTINED, count))


def restore_overdue() -> None:
    """A result that was asked for is still not back, and somebody should look why."""
    emit(Metric(RESTORES_OVERDUE))
