"""The position in the queue, the estimate of the wait, and the sentences that say them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from runtime.common.job import Job, OpenJob
from runtime.contract.job_status import JobStatus
from runtime.web.services import wait_status as wait_status_module
from runtime.web.services.completion_rate import MAX_GAP_SECONDS, SAMPLE_SECONDS, CompletionRate
from runtime.web.services.formatting import human_duration, rough_duration
from runtime.web.services.wait_status import JobQueue, QueuePosition, wait_status
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
class OpenJobs:
    """Open jobs, of which the first ones end as time passes."""

    table: "Table"
    clock: Clock
    open: list[Job]
    running: int = 2
    lists: int = 0

    def process(self) -> JobQueue:
        """One of the web's processes; all of them share the table."""
        return JobQueue(self._open_jobs, CompletionRate(self.table, self.clock), self.clock)

    def _open_jobs(self) -> list[OpenJob]:
        self.lists += 1
        return [
            each.model_copy(update={"job_status": JobStatus.RUNNING}) if i < self.running else each
            for i, each in enumerate(self.open)
        ]

    def end(self, count: int, seconds: float) -> None:
        """Let the first jobs end within so many seconds."""
        self.clock.advance(seconds)
        del self.open[:count]


@pytest.fixture
def open_jobs(ephemeral_table: "Table") -> OpenJobs:
    """A hundred jobs; job number 99 is the last of them."""
    return OpenJobs(ephemeral_table, Clock(), [job(number) for number in range(100)])


def test_should_count_the_waiting_jobs_that_came_before_when_a_job_waits(
    open_jobs: OpenJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = open_jobs.process()
    assert process.position(job(2)) == QueuePosition(ahead=0, running=2, seconds=None)
    assert process.position(job(9)).ahead == 7
    assert open_jobs.lists == 1
    open_jobs.end(3, SAMPLE_SECONDS)
    assert process.position(job(9)).ahead == 4
    assert open_jobs.lists == 2
    monkeypatch.setattr(wait_status_module, "MAX_COUNTED", 3)
    open_jobs.end(0, SAMPLE_SECONDS)
    assert process.position(job(9)) == QueuePosition(ahead=None, running=2, seconds=None)


def test_should_estimate_by_the_rate_when_enough_jobs_have_ended(open_jobs: OpenJobs) -> None:
    process = open_jobs.process()
    process.position(job(99))
    seen = []
    for _ in range(5):
        open_jobs.end(2, 4)
        seen.append(process.position(job(99)).seconds)
    assert seen[0] is None
    # Two jobs in four seconds; 87 wait before the last, which is the 88th to be taken.
    assert seen[-1] == pytest.approx((87 + 1) / 0.5)


def test_should_say_the_same_when_several_processes_are_asked_in_turn(open_jobs: OpenJobs) -> None:
    processes = [open_jobs.process() for _ in range(4)]
    for number in range(24):  # a page asks every 5 s, so that each process is asked every 20 s
        open_jobs.end(1, 5)
        processes[number % 4].position(job(99))
    open_jobs.clock.advance(SAMPLE_SECONDS)
    said = {process.position(job(99)) for process in (*processes, open_jobs.process())}
    assert len(said) == 1
    [position] = said
    # One job in five seconds; 73 wait before the last.
    assert position.ahead == 73
    assert position.seconds == pytest.approx(74 / 0.2, rel=0.1)


def test_should_count_an_end_once_when_two_processes_sample_at_the_same_time(
    open_jobs: OpenJobs,
) -> None:
    first, second = (CompletionRate(open_jobs.table, open_jobs.clock) for _ in range(2))
    first.sample(["a", "b", "c", "d", "e"])
    open_jobs.clock.advance(4)
    events, rates = open_jobs.table.meta.client.meta.events, []

    def first_writes_after_second_has_read(**_: object) -> None:
        events.unregister("after-call.dynamodb.GetItem", first_writes_after_second_has_read)
        rates.append(first.sample(["e"]))

    events.register("after-call.dynamodb.GetItem", first_writes_after_second_has_read)
    assert second.sample(["e"]) is None
    assert rates == [1.0]
    assert second.sample(["e"]) == 1.0


def test_should_start_measuring_again_when_nobody_asked_for_a_while(open_jobs: OpenJobs) -> None:
    process = open_jobs.process()
    for _ in range(5):
        process.position(job(99))
        open_jobs.end(2, 4)
    open_jobs.end(40, MAX_GAP_SECONDS + 1)
    assert process.position(job(99)).seconds is None


def test_should_forget_the_rate_when_it_is_long_ago(open_jobs: OpenJobs) -> None:
    open_jobs.open = [job(number) for number in range(400)]
    process = open_jobs.process()
    for _ in range(5):
        open_jobs.end(40, 5)
        process.position(job(399))
    for _ in range(70):
        open_jobs.end(1, 5)
        position = process.position(job(399))
    assert position.ahead is not None
    assert position.seconds == pytest.approx((position.ahead + 1) / 0.2, rel=0.05)


@pytest.mark.parametrize(
    ("position", "headline", "detail"),
    [
        (QueuePosition(0, 2, None), "next in line", "No estimate yet"),
        (QueuePosition(1, 2, 50.0), "behind 1 job", "about 50 s"),
        (QueuePosition(1234, 2, 600.0), "behind 1,234 jobs", "about 10 min"),
        (QueuePosition(3, 0, None), "behind 3 jobs", "No job is being annotated"),
        (QueuePosition(None, 9, None), "thousands of other jobs", "No estimate yet"),
        (None, "Waiting for an annotator", ""),
    ],
)
def test_should_say_position_and_wait_when_a_job_waits(
    position: QueuePosition | None, headline: str, detail: str
) -> None:
    said = wait_status(job(1), position, now=2000)
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
def test_should_estimate_the_end_when_a_job_runs(progress: int, elapsed: int, detail: str) -> None:
    running = job(1, JobStatus.RUNNING, progress=progress, start_time=2000)
    assert wait_status(running, None, now=2000 + elapsed).detail == detail


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
def test_should_say_a_duration_in_words_when_it_is_exact_or_rough(
    seconds: int, exact: str, roughly: str
) -> None:
    assert human_duration(seconds) == exact
    assert rough_duration(seconds) == roughly
