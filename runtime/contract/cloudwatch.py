"""The custom metrics of the platform: processes write them, the dashboard and alarms read them."""

from dataclasses import dataclass

from runtime.contract.job_status import FailureKind, JobStatus

STORAGE_NAMESPACE = "AWS/S3"
STORED_BYTES, STORED_OBJECTS = "BucketSizeBytes", "NumberOfObjects"
"""S3 reports both once a day, with the dimensions BucketName and StorageType.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html"""

EVERY_STORAGE_TYPE = "AllStorageTypes"
"""The only StorageType of NumberOfObjects."""

STORAGE_TYPES = {
    "StandardStorage": "S3 Standard",
    "StandardIAStorage": "S3 Standard-IA",
    "GlacierInstantRetrievalStorage": "Glacier Instant Retrieval",
    "GlacierStorage": "Glacier Flexible Retrieval",
    "DeepArchiveStorage": "Glacier Deep Archive",
    "StandardIASizeOverhead": "S3 Standard-IA, small objects billed as 128 KB",
    "GlacierIRSizeOverhead": "Glacier Instant Retrieval, small objects billed as 128 KB",
    "GlacierObjectOverhead": "Glacier Flexible Retrieval, index of objects",
    "GlacierS3ObjectOverhead": "S3 Standard, names of objects in Glacier",
    "DeepArchiveObjectOverhead": "Glacier Deep Archive, index of objects",
    "DeepArchiveS3ObjectOverhead": "S3 Standard, names of objects in Deep Archive",
}
"""StorageType of BucketSizeBytes for each class that a stage may use, and what it is called."""


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
