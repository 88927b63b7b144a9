"""The stages of a job: how long each took, and how far the whole is."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from runtime.annotator.limits import Deadline
from runtime.common import tracing

SHARES = {"check": 15, "annotate": 80, "index": 3, "report": 2}
"""Percent of the whole that each stage takes, roughly."""


class Stages:
    """Times the stages of one job, and turns their progress into that of the whole.

    Args:
        progress: called often with the percentage done, which never falls; it may raise to end
            the job.
        deadline: checked as often.

    Attributes:
        durations: seconds of each stage that has ended, or has been left by an exception.
    """

    def __init__(self, progress: Callable[[int], None], deadline: Deadline) -> None:
        self._progress = progress
        self._deadline = deadline
        self._percent = 0
        self.durations: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[Callable[[float], None]]:
        """Time a stage; yields what is to be told the share of it that is done, 0 to 1."""
        names = list(SHARES)
        before = sum(SHARES[each] for each in names[: names.index(name)])

        def report_progress(share: float) -> None:
            self._deadline.check()
            self._percent = max(self._percent, before + int(SHARES[name] * share))
            self._progress(self._percent)

        start = time.perf_counter()
        try:
            with tracing.span(name):
                report_progress(0.0)
                yield report_progress
                report_progress(1.0)
        finally:
            self.durations[name] = time.perf_counter() - start
