"""The place in the queue, the estimate of the wait, and the sentences that tell them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from runtime.common.job import Job, OpenJob
from runtime.contract.job_status import JobStatus
from runtime.web.services import waiting
from runtime.web.services.durations import about, human_duration
from runtime.web.services.pace import GAP_SECONDS, LOOK_SECONDS, Pace
from runtime.web.services.standing import standing
from runtime.web.services.waiting import Place, WaitingLine
from tests.unit.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


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


@dataclass
class Line:
    """A line of jobs, of which the first ones end as time passes."""

    table: "Table"
    clock: Clock
    open: list[Job]
    running: int = 2
    looks: int = 0

    def process(self) -> WaitingLine:
        """One of the web's processes; all of them share the table."""
        return WaitingLine(self._open_jobs, Pace(self.table, self.clock), self.clock)

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


@pytest.fixture
def line(ephemeral_table: "Table") -> Line:
    """A hundred jobs; job number 99 is the last of them."""
    return Line(ephemeral_table, Clock(), [job(number) for number in range(100)])


def test_should_count_those_that_wait_and_came_before(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = line.process()
    assert process.place(job(2)) == Place(ahead=0, running=2, seconds=None)
    assert process.place(job(9)).ahead == 7
    assert line.looks == 1
    line.end(3, LOOK_SECONDS)
    assert process.place(job(9)).ahead == 4
    assert line.looks == 2
    monkeypatch.setattr(waiting, "MOST", 3)
    line.end(0, LOOK_SECONDS)
    assert process.place(job(9)) == Place(ahead=None, running=2, seconds=None)


def test_should_estimate_by_the_pace_seen_when_enough_jobs_have_ended(line: Line) -> None:
    process = line.process()
    process.place(job(99))
    seen = []
    for _ in range(5):
        line.end(2, 4)
        seen.append(process.place(job(99)).seconds)
    assert seen[0] is None
    # Two jobs in four seconds; 87 wait before the last, which is the 88th to be taken.
    assert seen[-1] == pytest.approx((87 + 1) / 0.5)


def test_should_tell_the_same_when_several_processes_are_asked_in_turn(line: Line) -> None:
    processes = [line.process() for _ in range(4)]
    for number in range(24):  # a page asks every 5 s, so that each process is asked every 20 s
        line.end(1, 5)
        processes[number % 4].place(job(99))
    line.clock.advance(LOOK_SECONDS)
    said = {process.place(job(99)) for process in (*processes, line.process())}
    assert len(said) == 1
    [place] = said
    # One job in five seconds; 73 wait before the last.
    assert place.ahead == 73
    assert place.seconds == pytest.approx(74 / 0.2, rel=0.1)


def test_should_count_an_end_once_when_two_processes_look_at_the_same_time(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = Pace(line.table, line.clock), Pace(line.table, line.clock)
    open_before, open_now = ["a", "b", "c", "d", "e"], ["e"]
    one.note(open_before)
    line.clock.advance(4)
    before = other._read()
    assert one.note(open_now) == 1.0
    monkeypatch.setattr(other, "_read", lambda: before)
    assert other.note(open_now) is None
    monkeypatch.undo()
    assert other.note(open_now) == 1.0


def test_should_measure_anew_when_nobody_looked_for_a_while(line: Line) -> None:
    process = line.process()
    for _ in range(5):
        process.place(job(99))
        line.end(2, 4)
    line.end(40, GAP_SECONDS + 1)
    assert process.place(job(99)).seconds is None


def test_should_forget_how_fast_it_was_when_that_is_long_ago(line: Line) -> None:
    line.open = [job(number) for number in range(400)]
    process = line.process()
    for _ in range(5):
        line.end(40, 5)
        process.place(job(399))
    for _ in range(70):
        line.end(1, 5)
        place = process.place(job(399))
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
