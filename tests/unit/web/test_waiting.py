"""The place in the queue, the estimate of the wait, and the sentences that tell them."""

import pytest

from runtime.common.job import Job, JobStatus, OpenJob
from runtime.web.services import waiting
from runtime.web.services.durations import about, human_duration
from runtime.web.services.standing import standing
from runtime.web.services.waiting import GAP_SECONDS, LOOK_SECONDS, Place, WaitingLine
from tests.unit.clock import Clock


def job(number: int, status: JobStatus = JobStatus.PENDING, **fields: object) -> Job:
    """Job number 3 is the third that was submitted."""
    return Job.model_validate(
        {
            "job_id": f"job-{number}",
            "submit_time": 1000 + number,
            "job_status": status,
            "user_id": "ada",
            "input_file_name": "x.vcf",
            "s3_inputs_bucket": "inputs",
            "s3_key_input_file": "k",
            **fields,
        }
    )


class Line:
    """A line of jobs, of which the first ones end as time passes."""

    def __init__(self, jobs: int, running: int = 2) -> None:
        self.clock = Clock(0.0)
        self.looks = 0
        self.open = [job(number) for number in range(jobs)]
        self.running = running
        self.waiting = WaitingLine(self._open_jobs, self.clock)

    def _open_jobs(self) -> list[OpenJob]:
        self.looks += 1
        return [
            each.model_copy(update={"job_status": JobStatus.RUNNING}) if i < self.running else each
            for i, each in enumerate(self.open)
        ]

    def end(self, count: int, seconds: float) -> None:
        """Let the first jobs end within so many seconds."""
        self.clock.advance(seconds)
        del self.open[:count]


def test_should_count_those_that_wait_and_came_before(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(10)
    assert line.waiting.place(job(2)) == Place(ahead=0, running=2, seconds=None)
    assert line.waiting.place(job(9)).ahead == 7
    assert line.looks == 1
    line.end(3, LOOK_SECONDS)
    assert line.waiting.place(job(9)).ahead == 4
    assert line.looks == 2
    monkeypatch.setattr(waiting, "MOST", 3)
    line.end(0, LOOK_SECONDS)
    assert line.waiting.place(job(9)) == Place(ahead=None, running=2, seconds=None)


def test_should_estimate_by_the_rate_seen_when_enough_jobs_have_ended() -> None:
    line = Line(100)
    line.waiting.place(job(99))
    seen = []
    for _ in range(5):
        line.end(2, 4)
        seen.append(line.waiting.place(job(99)).seconds)
    assert seen[0] is None
    # Two jobs in four seconds; 87 wait before the last, which is the 88th to be taken.
    assert seen[-1] == pytest.approx((87 + 1) / 0.5)


def test_should_measure_anew_when_nobody_looked_for_a_while() -> None:
    line = Line(100)
    for _ in range(5):
        line.waiting.place(job(99))
        line.end(2, 4)
    line.end(40, GAP_SECONDS + 1)
    assert line.waiting.place(job(99)).seconds is None


def test_should_forget_how_fast_it_was_when_that_is_long_ago() -> None:
    line = Line(1000)
    for _ in range(10):
        line.end(20, 5)
        line.waiting.place(job(999))
    for _ in range(100):
        line.end(1, 5)
        place = line.waiting.place(job(999))
    assert place.ahead is not None
    assert place.seconds == pytest.approx((place.ahead + 1) / 0.2, rel=0.05)


@pytest.mark.parametrize(
    ("place", "headline", "detail"),
    [
        (Place(0, 2, None), "next in line", "can't be told yet"),
        (Place(1, 2, 50.0), "behind 1 job", "about 50 s"),
        (Place(1234, 2, 600.0), "behind 1,234 jobs", "about 10 min"),
        (Place(3, 0, None), "behind 3 jobs", "No job is being annotated"),
        (Place(None, 9, None), "thousands of jobs", "can't be told yet"),
        (None, "Waiting for an annotator", ""),
    ],
)
def test_should_tell_place_and_wait_in_words(
    place: Place | None, headline: str, detail: str
) -> None:
    said = standing(job(1), place, now=2000)
    assert headline in said.headline
    assert detail in said.detail


@pytest.mark.parametrize(
    ("progress", "elapsed", "detail"),
    [
        (50, 60, "At this speed it is done in about 1 min."),
        (90, 90, "At this speed it is done in about 10 s."),
        (99, 30, "At this speed it is done in a few seconds."),
        (4, 600, ""),
        (50, 2, ""),
    ],
)
def test_should_tell_the_rest_when_a_job_runs(progress: int, elapsed: int, detail: str) -> None:
    running = job(1, JobStatus.RUNNING, progress=progress, start_time=2000)
    assert standing(running, None, now=2000 + elapsed).detail == detail


@pytest.mark.parametrize(
    ("seconds", "exact", "roughly"),
    [
        (0, "less than a second", "a few seconds"),
        (42, "42 s", "about 40 s"),
        (59, "59 s", "about 1 min"),
        (200, "3 min 20 s", "about 3 min"),
        (3599, "59 min 59 s", "about 1 h"),
        (7500, "2 h 5 min", "about 2 h"),
    ],
)
def test_should_say_a_span_as_people_do(seconds: int, exact: str, roughly: str) -> None:
    assert human_duration(seconds) == exact
    assert about(seconds) == roughly
