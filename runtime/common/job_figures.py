"""What is counted of the jobs that ended: how many, why they failed, and how long they took."""

import math
from collections import Counter
from collections.abc import Iterable
from typing import Self

from pydantic import BaseModel, Field

from runtime.common.job import EndedJob
from runtime.contract.job_status import FailureKind

KEPT_DIGITS = 2
"""Durations are kept to so many significant digits, so that any number of jobs is a short list. A
median is off by 5 % at most."""


class Failures(BaseModel):
    """Jobs that failed for one reason; `newest` is the epoch second when the last one ended."""

    count: int = 0
    newest: int = 0

    def add(self, count: int, newest: int) -> None:
        """Count further ones."""
        self.count += count
        self.newest = max(self.newest, newest)


class JobFigures(BaseModel):
    """The jobs that ended in a span of time.

    Attributes:
        variants: ALT alleles of the completed ones.
        uncounted: completed ones whose variants aren't known.
        failures: by reason.
        seconds: how many completed ones took so long from submission to end, rounded to two digits.
    """

    completed: int = 0
    variants: int = 0
    uncounted: int = 0
    failures: dict[FailureKind, Failures] = Field(default_factory=dict)
    seconds: dict[int, int] = Field(default_factory=dict)

    @property
    def failed(self) -> int:
        """Jobs that failed, cancelled ones included."""
        return sum(each.count for each in self.failures.values())

    def add(self, job: EndedJob) -> None:
        """Count a job."""
        if job.failure is not None:
            self.failures.setdefault(job.failure, Failures()).add(1, job.complete_time)
            return
        self.completed += 1
        self.variants += job.variants or 0
        self.uncounted += job.variants is None
        seconds = rounded(job.complete_time - job.submit_time)
        self.seconds[seconds] = self.seconds.get(seconds, 0) + 1

    def percentile(self, share: float) -> int | None:
        """Return the seconds within which this share of the completed jobs ended; the nearest rank.

        None without one.
        """
        rank = math.ceil(share * sum(self.seconds.values()))
        for seconds, count in sorted(self.seconds.items()):
            rank -= count
            if rank <= 0:
                return seconds
        return None

    @classmethod
    def total(cls, parts: "Iterable[JobFigures]") -> Self:
        """Return the figures of several spans of time together."""
        whole, seconds = cls(), Counter[int]()
        for part in parts:
            whole.completed += part.completed
            whole.variants += part.variants
            whole.uncounted += part.uncounted
            seconds.update(part.seconds)
            for kind, found in part.failures.items():
                whole.failures.setdefault(kind, Failures()).add(found.count, found.newest)
        whole.seconds = dict(seconds)
        return whole


class HourFigures(JobFigures):
    """The jobs that ended in an hour; `counted_at` is the epoch second when they were counted."""

    counted_at: int


class DayFigures(BaseModel):
    """The jobs that ended on a day in UTC, by hours from 0 to 23. Some may not be counted yet."""

    hours: dict[int, HourFigures] = Field(default_factory=dict)


def rounded(seconds: int) -> int:
    """Return a span of time with KEPT_DIGITS significant digits: 1,234 is 1,200."""
    digits = len(str(max(seconds, 0)))
    return max(0, round(seconds, min(0, KEPT_DIGITS - digits)))
