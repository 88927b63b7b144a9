"""The queue model: first come, first served by the slots of the instances in service.

With a constant number of slots, Poisson arrivals and exponential service this is M/M/c.
"""

import heapq

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]
BLOCK = 1024
"""Jobs that are converted to lists at once: Python is faster with lists than with arrays."""


class Queue:
    """Jobs in order of arrival; each starts on the slot that is free first.

    `arrivals` (s, in order) and `services` (s) are known from the start. `starts` (s) is NaN for a
    job that has not started.
    """

    def __init__(self, arrivals: Times, services: Times, rng: np.random.Generator) -> None:
        self.arrivals = arrivals
        self.services = services
        self.starts: Times = np.full(len(arrivals), np.nan)
        self.started = 0
        self._rng = rng
        self._free_at: list[float] = []

    def add(self, slots: int, *, at_s: float) -> None:
        """Put slots into service."""
        for _ in range(slots):
            heapq.heappush(self._free_at, at_s)

    def remove(self, slots: int) -> None:
        """Take slots out of service; they finish the jobs that they have begun.

        Which slots go is random, since all are alike.
        """
        kept = self._rng.permutation(len(self._free_at))[slots:]
        self._free_at = [self._free_at[place] for place in kept]
        heapq.heapify(self._free_at)

    def waiting(self, at_s: float) -> int:
        """Return how many jobs have arrived but not started. Call `run_until` first."""
        return int(np.searchsorted(self.arrivals, at_s, side="left")) - self.started

    def run_until(self, horizon_s: float) -> slice:
        """Start all jobs that can start before the horizon, and return which these are."""
        first = self.started
        arrived = int(np.searchsorted(self.arrivals, horizon_s, side="left"))
        while self._free_at and self.started < arrived:
            end = min(arrived, self.started + BLOCK)
            if not self._run_block(end, horizon_s):
                break
        return slice(first, self.started)

    def _run_block(self, end: int, horizon_s: float) -> bool:
        """Start jobs up to number `end`; return False when one can't before the horizon."""
        block = slice(self.started, end)
        free_at, starts = self._free_at, []
        for arrival, service in zip(
            self.arrivals[block].tolist(), self.services[block].tolist(), strict=True
        ):
            free = free_at[0]
            start = free if free > arrival else arrival
            if start >= horizon_s:
                break
            heapq.heapreplace(free_at, start + service)
            starts.append(start)
        self.starts[self.started : self.started + len(starts)] = starts
        self.started += len(starts)
        return self.started == end


class MeasuredQueue(Queue):
    """A load whose response times were measured: each starts at once, whatever the capacity."""

    def run_until(self, horizon_s: float) -> slice:
        """Start all jobs that arrive before the horizon, and return which these are."""
        first = self.started
        self.started = int(np.searchsorted(self.arrivals, horizon_s, side="left"))
        block = slice(first, self.started)
        self.starts[block] = self.arrivals[block]
        return block
