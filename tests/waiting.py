"""Waiting for what happens in another process or thread, in its own time."""

import time
from collections.abc import Callable

PATIENCE_SECONDS = 150.0
"""A message that a killed process had in hand comes again after 60 s."""


def wait_until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Return once `condition` holds.

    Raises:
        AssertionError: it doesn't for `seconds`.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.05)
