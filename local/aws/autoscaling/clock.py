"""CloudWatch's minutes, which may be shorter than a minute."""

import time
from collections.abc import Callable
from dataclasses import dataclass

MINUTE_S = 60

TIME_SCALES = tuple(scale for scale in range(1, MINUTE_S + 1) if MINUTE_S % scale == 0)
"""A minute of the alarms' must be a whole number of seconds: CloudWatch counts time in these."""


@dataclass(frozen=True)
class Clock:
    """The time of alarms and warm-ups, `scale` times as fast as the wall's.

    Metrics keep the wall's time, so that a run reads nothing of another one at another scale.
    """

    scale: int = 1
    wall: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        if self.scale not in TIME_SCALES:
            known = ", ".join(map(str, TIME_SCALES))
            raise ValueError(f"expected a time scale of {known}, and got {self.scale}")

    @property
    def minute_seconds(self) -> int:
        """How long a minute is, in the wall's seconds."""
        return MINUTE_S // self.scale

    def minute(self) -> int:
        """Return the number of the minute that runs."""
        return int(self.wall() // self.minute_seconds)

    def now_s(self) -> float:
        """Return the alarms' time."""
        return self.wall() * self.scale

    def wall_start(self, minute: int) -> int:
        """Return when a minute begins, in the wall's epoch seconds."""
        return minute * self.minute_seconds

    def minute_at(self, epoch_seconds: float) -> int:
        """Return the number of the minute that a time of the wall's lies in."""
        return int(epoch_seconds // self.minute_seconds)
