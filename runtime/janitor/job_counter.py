"""Counts the jobs that ended, hour by hour, for the operator's pages."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from runtime.common.figure_items import DAY, KEPT_DAYS, FigureItems, jobs_of
from runtime.common.items import ConditionFailed
from runtime.common.job_figures import DayFigures, HourFigures
from runtime.common.jobs import EndedJobs
from runtime.common.jobs.table import day_of
from runtime.common.log import get_logger

HOUR = 3600
COUNT_SECONDS = 60

SETTLED_SECONDS = 300
"""So long after its end an hour is counted for the last time: the index follows the table, and
clocks differ."""

log = get_logger(__name__)


@dataclass
class JobCounter:
    """Counts every hour that isn't settled, at most every COUNT_SECONDS.

    A settled hour isn't counted again, so jobs that are removed later stay in the figures. The
    first count of all begins with the hour that runs: the index may not know the jobs before.
    """

    jobs: EndedJobs
    figures: FigureItems
    clock: Callable[[], float] = time.time
    _next: float = field(default=0.0, init=False)
    _unsettled: int | None = field(default=None, init=False)
    """The first hour that isn't settled, as its first epoch second."""

    def __call__(self) -> None:
        """Count, if it is time to."""
        now = int(self.clock())
        if now < self._next:
            return
        self._next = now + COUNT_SECONDS
        first = self._resumed(now) if self._unsettled is None else self._unsettled
        for start in range(first - first % DAY, now + 1, DAY):
            if not self._count_day(start, now, first=max(first, start)):
                return
        while first + HOUR + SETTLED_SECONDS <= now:
            first += HOUR
        self._unsettled = first

    def _resumed(self, now: int) -> int:
        """Return the first hour that isn't settled, by the newest item; else the one that runs."""
        for start in range(now - now % DAY, now - KEPT_DAYS * DAY, -DAY):
            item = self.figures.get(jobs_of(day_of(start)))
            hours = DayFigures.model_validate(item or {}).hours
            for hour, found in sorted(hours.items()):
                if found.counted_at < start + (hour + 1) * HOUR + SETTLED_SECONDS:
                    return start + hour * HOUR
            if hours:
                return start + (max(hours) + 1) * HOUR
        return now - now % HOUR

    def _count_day(self, start: int, now: int, *, first: int) -> bool:
        """Count the hours of a day from one on; return False where another janitor has.

        Args:
            start: the day's first epoch second.
            first: that of the first hour to count.
        """
        day, last = day_of(start), min(now, start + DAY - 1)
        item = self.figures.get(jobs_of(day))
        found = DayFigures.model_validate(item or {})
        for begins in range(first, last + 1, HOUR):
            found.hours[(begins - start) // HOUR] = HourFigures(counted_at=now)
        # To the end of the hour: the clock of who ended a job may be ahead of this one.
        for job in self.jobs.ended_between(first, last - last % HOUR + HOUR - 1):
            found.hours[datetime.fromtimestamp(job.complete_time, UTC).hour].add(job)
        figures = found.model_dump(mode="json", exclude_defaults=True)
        try:
            self.figures.put(jobs_of(day), figures, counted_at=now, instead_of=item)
        except ConditionFailed:
            log.info("another janitor has counted", day=day)
            return False
        return True
