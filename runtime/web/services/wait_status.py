"""What the owner of an open job is told: its position in the queue, and how long it takes.

The position is counted in the index of open jobs. The estimate is the number of jobs ahead, divided
by the rate at which jobs ended lately; there is none until enough jobs were seen to end.
"""

import time
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from threading import Lock

from runtime.common.counted import counted
from runtime.common.job import Job, OpenJob
from runtime.contract.job_status import JobStatus
from runtime.web.services.completion_rate import SAMPLE_SECONDS, CompletionRate
from runtime.web.services.formatting import rough_duration

MAX_COUNTED = 5000
"""Open jobs that are listed; when there are more, no position is given."""

MIN_PERCENT = 5
MIN_SECONDS = 3
"""Of a running job. Before that, an estimate of the rest would be a guess."""


@dataclass(frozen=True)
class QueuePosition:
    """Where a waiting job is in the queue.

    Attributes:
        ahead: waiting jobs that were submitted before it; None when there are too many to count.
        running: jobs that are being annotated.
        seconds: estimate of the time until it starts; None while it is unknown.
    """

    ahead: int | None
    running: int
    seconds: float | None


@dataclass(frozen=True)
class WaitStatus:
    """Two sentences about an open job: what is happening, and how long it takes."""

    headline: str
    detail: str


@dataclass(frozen=True)
class _OpenJobs:
    """The open jobs at one moment."""

    waiting: tuple[tuple[int, str], ...]
    running: int
    ids: frozenset[str]
    complete: bool

    @classmethod
    def of(cls, jobs: Iterable[OpenJob]) -> "_OpenJobs":
        found = [*islice(jobs, MAX_COUNTED + 1)]
        waiting = sorted(
            (job.submit_time, job.job_id) for job in found if job.job_status is JobStatus.PENDING
        )
        return cls(
            waiting=tuple(waiting),
            running=len(found) - len(waiting),
            ids=frozenset(job.job_id for job in found),
            complete=len(found) <= MAX_COUNTED,
        )


class JobQueue:
    """Finds positions in the queue of jobs; lists the open jobs every SAMPLE_SECONDS at most.

    Args:
        open_jobs: yields all PENDING and RUNNING jobs.
        rate: measures how fast jobs end.
        clock: a clock that never goes back, in seconds.
    """

    def __init__(
        self,
        open_jobs: Callable[[], Iterable[OpenJob]],
        rate: CompletionRate,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_jobs = open_jobs
        self._rate = rate
        self._clock = clock
        self._lock = Lock()
        self._listed_at = float("-inf")
        self._listed = _OpenJobs((), 0, frozenset(), complete=True)
        self._per_second: float | None = None

    def position(self, job: Job) -> QueuePosition:
        """Return the position of a waiting job, as of a moment ago."""
        with self._lock:
            self._refresh()
            listed, per_second = self._listed, self._per_second
        if not listed.complete:
            return QueuePosition(ahead=None, running=listed.running, seconds=None)
        ahead = bisect_left(listed.waiting, (job.submit_time, job.job_id))
        seconds = None if per_second is None else (ahead + 1) / per_second
        return QueuePosition(ahead=ahead, running=listed.running, seconds=seconds)

    def position_of_waiting(self, job: Job) -> QueuePosition | None:
        """Return the position of a job, if it waits: PENDING, and not about to be cancelled."""
        waits = job.job_status is JobStatus.PENDING and not job.cancel_requested
        return self.position(job) if waits else None

    def _refresh(self) -> None:
        now = self._clock()
        if now - self._listed_at < SAMPLE_SECONDS:
            return
        listed = _OpenJobs.of(self._open_jobs())
        self._per_second = self._rate.sample(listed.ids) if listed.complete else None
        self._listed_at, self._listed = now, listed


def wait_status(job: Job, position: QueuePosition | None, now: float) -> WaitStatus:
    """Describe an open job.

    Args:
        job: the job.
        position: of a waiting job; None when it isn't known.
        now: epoch seconds.
    """
    if job.cancel_requested:
        return WaitStatus("Cancelling", "The annotator stops within seconds.")
    if job.job_status is JobStatus.RUNNING:
        return WaitStatus("Annotating the variants", _time_to_end(job, now))
    if position is None:
        return WaitStatus("Waiting for an annotator", "")
    return WaitStatus(_jobs_ahead(position), _time_to_start(position))


def _jobs_ahead(position: QueuePosition) -> str:
    if position.ahead is None:
        return "Waiting, with thousands of other jobs"
    if position.ahead == 0:
        return "Waiting, next in line"
    return f"Waiting behind {counted(position.ahead, 'job')}"


def _time_to_start(position: QueuePosition) -> str:
    if position.seconds is not None:
        return f"At the current rate it starts in {rough_duration(position.seconds)}."
    if position.running == 0:
        return "No job is being annotated at the moment. It starts as soon as an annotator is free."
    return "No estimate yet: too few jobs have ended recently."


def _time_to_end(job: Job, now: float) -> str:
    if job.start_time is None or job.progress < MIN_PERCENT:
        return ""
    elapsed = now - job.start_time
    if elapsed < MIN_SECONDS:
        return ""
    left = elapsed * (100 - job.progress) / job.progress
    return f"At this speed it is done in {rough_duration(left)}."
