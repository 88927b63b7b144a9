"""The metrics that processes and instances write as log lines, by the names they give them.

`runtime.common.job_metrics` writes them; a test holds the names together.
"""

from aws_cdk import aws_cloudwatch as cloudwatch

from stacks.ops_alarm import MINUTE
from stacks.settings import Stage

STATES = ("PENDING", "RUNNING", "COMPLETED", "FAILED")

JOBS = "Jobs"
JOB_DURATION = "JobDuration"
JOB_FAILURES = "JobFailures"
RESULTS_ARCHIVED = "ResultsArchived"
ARCHIVE_DELAY = "ArchiveDelay"
RESTORES_REQUESTED = "RestoresRequested"
RESTORES_COMPLETED = "RestoresCompleted"
RESTORE_DURATION = "RestoreDuration"
RESTORES_OVERDUE = "RestoresOverdue"
FAILED_BOOTS = "FailedBoots"


def namespace(stage: Stage) -> str:
    """Where the metrics of a stage are."""
    return f"GAS/{stage.name}"


def sum_of(stage: Stage, name: str) -> cloudwatch.Metric:
    """How often it happened in a minute, of a metric without dimensions."""
    return cloudwatch.Metric(
        namespace=namespace(stage), metric_name=name, statistic="Sum", period=MINUTE
    )
