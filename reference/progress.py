"""Lines on what takes long: a quick build is silent until its end."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

SECONDS_BETWEEN_LINES = 2.0
_ERASE_LINE = "\r\x1b[2K"


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


@contextmanager
def terminal_progress(stream: TextIO) -> Iterator[Progress]:
    """Write to a terminal one line that changes, which is gone at the end; to a file, lines."""
    if not stream.isatty():
        yield Progress(lambda text: print(text, file=stream, flush=True))
        return
    try:
        yield Progress(lambda text: print(f"{_ERASE_LINE}{text}", end="", file=stream, flush=True))
    finally:
        print(_ERASE_LINE, end="", file=stream, flush=True)


SILENT = Progress(lambda _text: None)
