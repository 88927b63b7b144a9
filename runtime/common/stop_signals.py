"""SIGTERM and SIGINT, taken so that they can't hang the process.

Python runs a signal's handler in the main thread, between any two of its instructions. What the
interrupted instruction has locked stays locked, so a handler that waits for that lock waits for
ever: threading.Event.set, Thread.start and a log line all lock. The handler here only assigns, and
puts into a queue whose `put` is reentrant.
https://docs.python.org/3/library/queue.html#simplequeue-objects
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from types import FrameType


class Stopped(BaseException):
    """Raised by the signal's handler inside what is interruptible."""


class StopSignals:
    """Whether this process was asked to end.

    Attributes:
        asked: it was.
    """

    def __init__(self) -> None:
        self.asked = False
        self._interruptible = False
        self._came: SimpleQueue[int] = SimpleQueue()

    def take(self, then: Callable[[], None]) -> None:
        """Have the signals set `asked`, and call `then` once in a thread of its own.

        To be called in the main thread, as Python wants it of who takes signals.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)

        def wait() -> None:
            self._came.get()
            then()

        threading.Thread(target=wait, name="stop-signals", daemon=True).start()

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Let a signal end what runs inside; one that came before ends it at once.

        Raises:
            Stopped: a signal came.
        """
        self._interruptible = True
        try:
            if self.asked:
                raise Stopped
            yield
        finally:
            self._interruptible = False

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self.asked = True
        self._came.put(number)
        if self._interruptible:
            raise Stopped
