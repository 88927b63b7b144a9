"""What is told of a run of the annotators."""

import pytest

from loadtest.annotator_load import PublishedJob
from loadtest.annotator_run import _faults, _figures, _notes
from loadtest.history import GroupSize, History, Snapshot
from loadtest.rhythm import Rhythm
from runtime.contract.job_status import JobStatus

TWO = Rhythm(burst=2)


def job(status: JobStatus, error: str | None = None) -> PublishedJob:
    ended = 101.5 if status in (JobStatus.COMPLETED, JobStatus.FAILED) else None
    return PublishedJob("one", 100.0, 0.25, ended=ended, status=status, error=error)


COMPLETED, FAILED, RUNNING = (
    job(JobStatus.COMPLETED),
    job(JobStatus.FAILED, "no such contig"),
    job(JobStatus.RUNNING),
)


@pytest.mark.parametrize(
    ("sent", "whole", "faults"),
    [
        ([COMPLETED, COMPLETED], True, []),
        ([COMPLETED, FAILED], True, ["The job one is FAILED, not COMPLETED: no such contig."]),
        ([COMPLETED, RUNNING], True, ["The job one is RUNNING, not COMPLETED."]),
        ([COMPLETED], True, ["1 jobs were published, not 2."]),
        ([COMPLETED], False, ["It was ended early by Ctrl-C."]),
    ],
)
def test_should_tell_every_job_that_is_not_completed_when_a_run_is_over(
    sent: list[PublishedJob], whole: bool, faults: list[str]
) -> None:
    assert _faults(TWO, sent, whole=whole) == faults


def history(*capacities: int) -> History:
    return History(
        tuple(Snapshot(at, (GroupSize("annotator", n, n),), ()) for at, n in enumerate(capacities))
    )


def test_should_count_jobs_and_tell_the_course_of_the_fleet_when_a_run_is_over() -> None:
    rows = {row.what: row.here for row in _figures([COMPLETED, FAILED], history(2, 2, 3, 2))}

    assert rows["jobs published"] == "2"
    assert rows["jobs COMPLETED"] == "1"
    assert rows["published after its time, longest"] == "0.2 s"
    assert rows["published to ended, longest"] == "1.5 s"
    assert rows["annotators"] == "2 → 3 → 2"


def test_should_explain_when_the_fleet_kept_its_size() -> None:
    assert "never has more than" in _notes(history(2, 2))[0]
    assert _notes(history(2, 3, 2)) == []
