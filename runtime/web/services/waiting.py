"""A waiting job's place in the queue, and how long it may still wait.

The place is counted in the index of open jobs. The estimate is the number of jobs ahead over the
rate at which jobs ended lately, as this process saw them leave that index; while too few have been
seen to leave there is none. Looking costs a few reads, so one look serves everybody for a while.
"""

import time
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from threading import Lock

from runtime.common.job import Job, JobStatus, OpenJob

LOOK_SECONDS = 2.0
"""How old a look at the open jobs may be."""

MOST = 5000
"""Open jobs looked at; where there are more, no place is told."""

GAP_SECONDS = 30.0
"""After a longer pause between two looks the rate is measured anew: jobs came and went unseen."""

WINDOW_SECONDS = 300.0
"""The rate is that of the last so many seconds."""

ENOUGH_ENDED = 3
ENOUGH_SECONDS = 4.0
"""Fewer ends, or in a shorter time, are no rate."""


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


@dataclass
class Rate:
    """How fast jobs end: ends seen, by the moment at which they were seen."""

    _ends: deque[tuple[float, int]] = field(default_factory=deque)

    def restart(self, now: float) -> None:
        """Forget everything."""
        self._ends = deque([(now, 0)])

    def note(self, now: float, ended: int) -> None:
        """So many jobs have ended since the last note."""
        self._ends.append((now, ended))
        while len(self._ends) > 2 and self._ends[1][0] < now - WINDOW_SECONDS:
            self._ends.popleft()

    def per_second(self) -> float | None:
        """Return the rate; None when too little has been seen."""
        if not self._ends:
            return None
        ended = sum(count for _, count in list(self._ends)[1:])
        span = self._ends[-1][0] - self._ends[0][0]
        return ended / span if ended >= ENOUGH_ENDED and span >= ENOUGH_SECONDS else None


class WaitingLine:
    """Looks at the open jobs now and then, for all who ask.

    Args:
        open_jobs: yields all PENDING and RUNNING jobs.
        clock: a clock that never goes back, in seconds.
    """

    def __init__(
        self,
        open_jobs: Callable[[], Iterable[OpenJob]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_jobs = open_jobs
        self._clock = clock
        self._lock = Lock()
        self._looked = float("-inf")
        self._look = _Look((), 0, frozenset(), complete=True)
        self._rate = Rate()

    def place(self, job: Job) -> Place:
        """Return where a waiting job stands, as of a moment ago."""
        with self._lock:
            self._refresh()
            look, rate = self._look, self._rate.per_second()
        if not look.complete:
            return Place(ahead=None, running=look.running, seconds=None)
        ahead = bisect_left(look.waiting, (job.submit_time, job.job_id))
        seconds = None if rate is None else (ahead + 1) / rate
        return Place(ahead=ahead, running=look.running, seconds=seconds)

    def _refresh(self) -> None:
        now = self._clock()
        if now - self._looked < LOOK_SECONDS:
            return
        look = _Look.at(self._open_jobs())
        if now - self._looked > GAP_SECONDS or not (look.complete and self._look.complete):
            self._rate.restart(now)
        else:
            self._rate.note(now, len(self._look.ids - look.ids))
        self._looked, self._look = now, look
