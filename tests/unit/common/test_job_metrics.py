"""What the platform measures of its jobs."""

from collections.abc import Callable

import pytest

from runtime.common import job_metrics
from runtime.common.job import Job
from runtime.contract.cloudwatch import CUSTOM_METRICS, FAILED_BOOTS, UNAVAILABLE
from runtime.contract.job_status import FailureKind, JobStatus
from tests.unit.measured import Measured, Measurement

ENDED = Job(
    job_id="job-1",
    user_id="ada",
    input_file_name="x.vcf",
    s3_inputs_bucket="inputs",
    s3_key_input_file="users/ada/job-1/x.vcf",
    submit_time=1_000,
    complete_time=1_090,
    job_status=JobStatus.COMPLETED,
)

EVENTS: dict[str, tuple[Callable[[], None], list[Measurement]]] = {
    "accepted": (
        lambda: job_metrics.job_changed(JobStatus.PENDING),
        [("Jobs", "PENDING", 1)],
    ),
    "completed": (
        lambda: job_metrics.job_completed(ENDED),
        [("Jobs", "COMPLETED", 1), ("JobDuration", 90)],
    ),
    "failed": (
        lambda: job_metrics.job_failed(FailureKind.INPUT),
        [("Jobs", "FAILED", 1), ("JobFailures", "input", 1)],
    ),
    "archived": (
        lambda: job_metrics.result_archived(delay_seconds=3.5),
        [("ResultsArchived", 1), ("ArchiveDelay", 3.5)],
    ),
    "asked back": (job_metrics.restore_requested, [("RestoresRequested", 1)]),
    "restored": (
        lambda: job_metrics.result_restored(duration_seconds=200),
        [("RestoresCompleted", 1), ("RestoreDuration", 200)],
    ),
    "quarantined": (lambda: job_metrics.messages_quarantined(3), [("Quarantined", 3)]),
    "overdue": (job_metrics.restore_overdue, [("RestoresOverdue", 1)]),
}


@pytest.mark.parametrize("event", EVENTS)
def test_should_measure_what_an_event_says(event: str, measured: Measured) -> None:
    happen, expected = EVENTS[event]
    happen()
    assert measured() == expected


def test_should_measure_every_metric_but_those_of_boot_and_health_checks(
    measured: Measured,
) -> None:
    for happen, _ in EVENTS.values():
        happen()
    assert {name for name, *_ in measured()} == {
        metric.name for metric in CUSTOM_METRICS if metric not in (FAILED_BOOTS, UNAVAILABLE)
    }
