"""The custom metrics of the platform: processes write them, the dashboard and alarms read them."""

from dataclasses import dataclass

from runtime.contract.job_status import FailureKind, JobStatus


def namespace(stage: str) -> str:
    """Return the namespace of the metrics of a stage."""
    return f"GAS/{stage}"


@dataclass(frozen=True)
class CustomMetric:
    """A metric of our own.

    Attributes:
        name: in PascalCase, as AWS names its own.
        dimension: what it is counted by, if anything.
        values: those of the dimension. Each is a metric that is paid for, so they are a bounded
            set: never a job's id and never free text.
    """

    name: str
    dimension: str | None = None
    values: tuple[str, ...] = ()

    def by(self, value: str) -> dict[str, str]:
        """Return the dimension with one of its values.

        Raises:
            ValueError: it is none of them.
        """
        if self.dimension is None or value not in self.values:
            raise ValueError(f"the metric {self.name} isn't counted by {value!r}")
        return {self.dimension: str(value)}


JOBS = CustomMetric("Jobs", "State", tuple(JobStatus))
JOB_DURATION = CustomMetric("JobDuration")
JOB_FAILURES = CustomMetric("JobFailures", "Reason", tuple(FailureKind))
RESULTS_ARCHIVED = CustomMetric("ResultsArchived")
ARCHIVE_DELAY = CustomMetric("ArchiveDelay")
RESTORES_REQUESTED = CustomMetric("RestoresRequested")
RESTORES_COMPLETED = CustomMetric("RestoresCompleted")
RESTORE_DURATION = CustomMetric("RestoreDuration")
RESTORES_OVERDUE = CustomMetric("RestoresOverdue")
FAILED_BOOTS = CustomMetric("FailedBoots")
"""Written by the boot script."""

QUARANTINED = CustomMetric("Quarantined")
"""Messages that were set aside, because nobody can read them."""

UNAVAILABLE = CustomMetric("Unavailable")
"""Written by web for each round of its health checks in which a table or bucket didn't answer."""

CUSTOM_METRICS = (
    JOBS,
    JOB_DURATION,
    JOB_FAILURES,
    RESULTS_ARCHIVED,
    ARCHIVE_DELAY,
    RESTORES_REQUESTED,
    RESTORES_COMPLETED,
    RESTORE_DURATION,
    RESTORES_OVERDUE,
    FAILED_BOOTS,
    QUARANTINED,
    UNAVAILABLE,
)
