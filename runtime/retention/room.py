"""Room on the disk for what several threads bring back at once."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LOOK_SECONDS = 1.0


class Room:
    """So many bytes together; whoever wants all of it or more is alone.

    One that waits can be overtaken by smaller ones for ever: the caller's work comes in batches,
    each of which ends.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._free = size
        self._changed = threading.Condition()

    @contextmanager
    def taken(self, wanted: int, tick: Callable[[], None]) -> Iterator[None]:
        """Take `wanted` bytes up while inside; until they are free, call `tick`, which may raise.

        Args:
            wanted: at least 0.
        """
        wanted = min(wanted, self._size)
        with self._changed:
            while self._free < wanted:
                tick()
                self._changed.wait(LOOK_SECONDS)
            self._free -= wanted
        try:
            yield
        finally:
            with self._changed:
                self._free += wanted
                self._changed.notify_all()
