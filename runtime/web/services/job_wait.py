"""Waiting for a job on behalf of a program, so that it needn't ask again and again.

A wait takes a thread of the server. A worker process has a few, and pages need them too, so that
only MOST_WAITS wait at a time. Whoever comes then is answered at once, and comes back later.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import BoundedSemaphore

from runtime.common.job import Job, JobState

MOST_WAITS = 3
"""At a time in one worker process, which has 8 threads (`runtime/web/__main__.py`)."""

MOST_SECONDS = 20.0
"""Of one wait. A process that is to stop finishes its requests within
`runtime.contract.site.DRAIN_SECONDS`, which is 25."""

FIRST_LOOK_SECONDS = 0.1
LOOK_SECONDS = 1.0
"""Between two looks at the job, each of which reads one item. A small job takes 0.2 s, so that the
first pauses are short; each is twice as long as the one before, and LOOK_SECONDS at most."""


@dataclass(frozen=True)
class Waited:
    """How a wait ended: the job, None if it was deleted; `had_place` is false if nobody waited."""

    job: Job | None
    had_place: bool


@dataclass(frozen=True)
class JobWaits:
    """Waits for jobs.

    Args:
        get: reads a job by its id; None if there is none.
        clock: a clock that never goes back, in seconds.
    """

    get: Callable[[str], Job | None]
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MOST_WAITS))

    def wait(self, job: Job, *, since: JobState, seconds: float) -> Waited:
        """Wait until a job has ended or isn't in the state `since`, but no longer than `seconds`
        and MOST_SECONDS."""
        if _is_news(job, since):
            return Waited(job, had_place=True)
        if not self.places.acquire(blocking=False):
            return Waited(job, had_place=False)
        try:
            return Waited(self._look(job, since, min(seconds, MOST_SECONDS)), had_place=True)
        finally:
            self.places.release()

    def _look(self, job: Job, since: JobState, seconds: float) -> Job | None:
        end = self.clock() + seconds
        found: Job | None = job
        pause = FIRST_LOOK_SECONDS
        while found is not None and not _is_news(found, since):
            left = end - self.clock()
            if left <= 0:
                break
            self.sleep(min(pause, left))
            pause = min(2 * pause, LOOK_SECONDS)
            found = self.get(job.job_id)
        return found


def _is_news(job: Job, since: JobState) -> bool:
    return job.ended or job.state is not since
