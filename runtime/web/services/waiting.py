"""A waiting job's place in the queue, and how long it may still wait.

The place is counted in the index of open jobs. The estimate is the number of jobs ahead over the
pace at which jobs ended lately; while too few have been seen to end there is none.
"""

import time
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from threading import Lock

from runtime.common.job import Job, OpenJob
from runtime.contract.job_status import JobStatus
from runtime.web.services.pace import LOOK_SECONDS, Pace

MOST = 5000
"""Open jobs looked at; where there are more, no place is told."""


@dataclass(frozen=True)
class Place:
    """Where a waiting job stands.

    Attributes:
        ahead: jobs that wait and came before it; None where there are too many to count.
        running: jobs that are being annotated.
        seconds: estimate of the time until it begins; None while it isn't known.
    """

    ahead: int | None
    running: int
    seconds: float | None


@dataclass(frozen=True)
class _Look:
    """The open jobs at one moment."""

    waiting: tuple[tuple[int, str], ...]
    running: int
    ids: frozenset[str]
    complete: bool

    @classmethod
    def at(cls, jobs: Iterable[OpenJob]) -> "_Look":
        seen = list(islice(jobs, MOST + 1))
        waiting = sorted(
            (job.submit_time, job.job_id) for job in seen if job.job_status is JobStatus.PENDING
        )
        return cls(
            waiting=tuple(waiting),
            running=len(seen) - len(waiting),
            ids=frozenset(job.job_id for job in seen),
            complete=len(seen) <= MOST,
        )


class WaitingLine:
    """Looks at the open jobs now and then, for all who ask.

    Args:
        open_jobs: yields all PENDING and RUNNING jobs.
        pace: is told which jobs are open, and tells how fast they end.
        clock: a clock that never goes back, in seconds.
    """

    def __init__(
        self,
        open_jobs: Callable[[], Iterable[OpenJob]],
        pace: Pace,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_jobs = open_jobs
        self._pace = pace
        self._clock = clock
        self._lock = Lock()
        self._looked = float("-inf")
        self._look = _Look((), 0, frozenset(), complete=True)
        self._per_second: float | None = None

    def place(self, job: Job) -> Place:
        """Return where a waiting job stands, as of a moment ago."""
        with self._lock:
            self._refresh()
            look, per_second = self._look, self._per_second
        if not look.complete:
            return Place(ahead=None, running=look.running, seconds=None)
        ahead = bisect_left(look.waiting, (job.submit_time, job.job_id))
        seconds = None if per_second is None else (ahead + 1) / per_second
        return Place(ahead=ahead, running=look.running, seconds=seconds)

    def _refresh(self) -> None:
        now = self._clock()
        if now - self._looked < LOOK_SECONDS:
            return
        look = _Look.at(self._open_jobs())
        self._per_second = self._pace.note(look.ids) if look.complete else None
        self._looked, self._look = now, look
