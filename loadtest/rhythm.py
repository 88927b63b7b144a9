"""When the annotator's load test publishes its jobs."""

import math
from dataclasses import dataclass

MINUTE_S = 60


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """Bursts of jobs at equal intervals, with pauses between them. Times in the alarms' seconds.

    The original published a job every 25 s, and paused for 120 s after ten. Ten jobs in 300 s
    don't exceed the deployed threshold of ten, so its own rule can't fire. After ten intervals,
    with the eleventh job, it does: hence a burst of eleven.
    """

    every_s: float = 25
    burst: int = 11
    pause_s: float = 120
    bursts: int = 1

    @property
    def jobs(self) -> int:
        """The number of jobs."""
        return self.burst * self.bursts

    @property
    def seconds(self) -> float:
        """Its duration, including the last pause."""
        return self.bursts * self._period_s

    def times_s(self) -> list[float]:
        """Return the time of each publication, counted from the first one."""
        return [
            number * self._period_s + place * self.every_s
            for number in range(self.bursts)
            for place in range(self.burst)
        ]

    @property
    def _period_s(self) -> float:
        return (self.burst - 1) * self.every_s + self.pause_s

    def __str__(self) -> str:
        bursts = "" if self.bursts == 1 else f", {self.bursts} times"
        return (
            f"{self.burst} jobs, one every {self.every_s:g} s, and a pause of {self.pause_s:g} s"
            f"{bursts}"
        )


def next_minute(epoch_seconds: float, scale: int) -> float:
    """Return when the alarms' next minute begins, in epoch seconds.

    The alarm evaluates whole minutes. The first and the eleventh job, 250 s apart, are in the same
    five minutes if the first one comes within the first 50 s of its minute.
    """
    minute_s = MINUTE_S / scale
    return math.ceil(epoch_seconds / minute_s) * minute_s
