"""CloudWatch's clock, whose minutes may be shorter than a minute."""

import time
from collections.abc import Callable
from dataclasses import dataclass

MINUTE_S = 60

TIME_SCALES = tuple(scale for scale in range(1, MINUTE_S + 1) if MINUTE_S % scale == 0)
"""An alarm's minute must last a whole number of seconds: CloudWatch's times have no fractions."""


@dataclass(frozen=True)
class Clock:
    """The time of alarms and warm-ups, `scale` times as fast as the wall clock.

    Metrics keep the wall clock's time, so that a run doesn't read those of a run at another scale.
    """

    scale: int = 1
    wall: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        if self.scale not in TIME_SCALES:
            known = ", ".join(map(str, TIME_SCALES))
            raise ValueError(f"expected a time scale of {known}, but got {self.scale}")

    @property
    def minute_seconds(self) -> int:
        """How long a minute is, in seconds of the wall clock."""
        return MINUTE_S // self.scale

    def minute(self) -> int:
        """Return the number of the current minute."""
        return int(self.wall() // self.minute_seconds)

    def now_s(self) -> float:
        """Return the alarms' time in seconds."""
        return self.wall() * self.scale

    def wall_start(self, minute: int) -> int:
        """Return when a minute begins, in epoch seconds of the wall clock."""
        return minute * self.minute_seconds

    def minute_at(self, epoch_seconds: float) -> int:
        """Return the number of the minute at a time of the wall clock."""
        return int(epoch_seconds // self.minute_seconds)
