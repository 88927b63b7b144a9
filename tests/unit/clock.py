"""A clock that tests set."""

from dataclasses import dataclass


@dataclass
class Clock:
    """Returns `now`, in epoch seconds, when called."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self.now += seconds
