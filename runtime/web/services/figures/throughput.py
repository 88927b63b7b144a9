"""How many jobs ended, how long they took, and why they failed: of hours, days and periods."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from runtime.common.figure_items import DAY, FigureItems, jobs_of
from runtime.common.job_figures import DayFigures, HourFigures, JobFigures
from runtime.common.jobs.table import day_of
from runtime.contract.job_status import FailureKind
from runtime.web.services.formatting import human_date, human_time

HOUR = 3600
HOURS_SHOWN = 24
DAYS_SHOWN = 30

PERIODS = (("24 hours", DAY), ("7 days", 7 * DAY), ("30 days", 30 * DAY))

LATE_SECONDS = 600
"""Figures of this age are called old: the janitor counts once a minute."""

Hours = Mapping[int, HourFigures]
"""By the first epoch second of the hour."""


@dataclass(frozen=True)
class Period:
    """The jobs that ended in the last hours; `name` says how long that is."""

    name: str
    figures: JobFigures

    @property
    def median(self) -> int | None:
        """Seconds from submission to end."""
        return self.figures.percentile(0.5)

    @property
    def slowest(self) -> int | None:
        """Seconds from submission to end that 95 % of the jobs don't exceed."""
        return self.figures.percentile(0.95)


@dataclass(frozen=True)
class Bar:
    """An hour or a day of a chart.

    Attributes:
        label: the hour or day, in UTC.
        figures: None where nobody counted.
        x: place in percent of the width; so is `width`.
        completed: height in percent of the highest bar.
        failed: the same; it stands on top.
    """

    label: str
    figures: JobFigures | None
    x: float
    width: float
    completed: float
    failed: float


@dataclass(frozen=True)
class Throughput:
    """What the page shows.

    Attributes:
        since: the first hour that was counted.
        counted_at: when the janitor counted last.
        is_old: it should have counted since.
        is_short: the longest period began before `since`.
        hours, days: bars, the oldest first; the last one isn't over.
    """

    since: int
    counted_at: int
    is_old: bool
    is_short: bool
    periods: list[Period]
    hours: list[Bar]
    days: list[Bar]

    @property
    def failure_kinds(self) -> list[FailureKind]:
        """The reasons of the longest period, the most frequent first."""
        longest = self.periods[-1].figures.failures
        return sorted(longest, key=lambda kind: (-longest[kind].count, kind))


@dataclass(frozen=True)
class ThroughputService:
    """Reads what the janitor has counted."""

    figures: FigureItems
    clock: Callable[[], float] = time.time

    def read(self) -> Throughput | None:
        """Return the figures up to now; None where nothing was counted yet."""
        now = int(self.clock())
        hours = self._hours(now)
        if not hours:
            return None
        this_hour, today = now - now % HOUR, now - now % DAY
        counted_at = max(each.counted_at for each in hours.values())
        return Throughput(
            since=min(hours),
            counted_at=counted_at,
            is_old=now - counted_at > LATE_SECONDS,
            is_short=min(hours) > this_hour + HOUR - PERIODS[-1][1],
            periods=[
                Period(name, _total(hours, this_hour + HOUR - seconds, seconds))
                for name, seconds in PERIODS
            ],
            hours=_bars(hours, this_hour, HOUR, HOURS_SHOWN),
            days=_bars(hours, today, DAY, DAYS_SHOWN),
        )

    def _hours(self, now: int) -> dict[int, HourFigures]:
        found: dict[int, HourFigures] = {}
        today = now - now % DAY
        for start in range(today - DAYS_SHOWN * DAY, today + 1, DAY):
            day = DayFigures.model_validate(self.figures.get(jobs_of(day_of(start))) or {})
            found |= {start + hour * HOUR: figures for hour, figures in day.hours.items()}
        return found


def _total(hours: Hours, start: int, seconds: int) -> JobFigures:
    return JobFigures.total(hours[at] for at in range(start, start + seconds, HOUR) if at in hours)


def _bars(hours: Hours, last: int, seconds: int, count: int) -> list[Bar]:
    """Return `count` bars of so many seconds each, the last of which starts at `last`."""
    starts = range(last - (count - 1) * seconds, last + 1, seconds)
    spans = {
        start: _total(hours, start, seconds)
        if any(at in hours for at in range(start, start + seconds, HOUR))
        else None
        for start in starts
    }
    most = max((each.completed + each.failed for each in spans.values() if each), default=0) or 1
    return [
        Bar(
            _label(start, seconds),
            each,
            x=round(100 * place / count, 2),
            width=round(100 / count, 2),
            completed=round(100 * each.completed / most, 2) if each else 0,
            failed=round(100 * each.failed / most, 2) if each else 0,
        )
        for place, (start, each) in enumerate(spans.items())
    ]


def _label(start: int, seconds: int) -> str:
    moment = datetime.fromtimestamp(start, UTC)
    return human_date(moment) if seconds == DAY else human_time(moment)
