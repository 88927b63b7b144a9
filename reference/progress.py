"""Lines on what takes long: a quick build is silent until its end."""

import time
from collections.abc import Callable

SECONDS_BETWEEN_LINES = 2.0


class Progress:
    """Writes a line where the one before (or the start) is 2 seconds back."""

    def __init__(
        self, write: Callable[[str], object], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._write = write
        self._clock = clock
        self._last = clock()

    def __call__(self, text: str) -> None:
        """Say what is under way."""
        now = self._clock()
        if now - self._last >= SECONDS_BETWEEN_LINES:
            self._last = now
            self._write(text)


SILENT = Progress(lambda _text: None)
