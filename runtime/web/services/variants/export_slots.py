"""Which exports run at once. Each holds a thread of the server until its reader has all of it.

Nobody waits for a slot: those who wait would hold threads too, and with them all other pages.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

GRACE_SECONDS = 60.0
LEAST_BYTES_PER_SECOND = 100_000
"""A reader who takes less, after a grace, is cut off. A phone's connection is ten times as fast."""


class TooManyOwnExports(Exception):
    """The user has as many exports running as one may."""


class ExportsBusy(Exception):
    """As many exports run as this process may have."""


class ReaderTooSlow(Exception):
    """The reader took so little for so long that others get the slot."""


class ExportSlots:
    """Counts the exports of this process.

    Args:
        total: how many may run.
        of_user: how many of them may be one user's.
    """

    def __init__(self, total: int, of_user: int) -> None:
        self._total, self._of_user = total, of_user
        self._running: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def taken(self, user_id: str) -> Iterator[None]:
        """Hold a slot.

        Raises:
            TooManyOwnExports, ExportsBusy: see there.
        """
        with self._lock:
            if self._running[user_id] >= self._of_user:
                raise TooManyOwnExports
            if self._running.total() >= self._total:
                raise ExportsBusy
            self._running[user_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._running[user_id] -= 1
                self._running += Counter()  # without those that have none


def paced(
    chunks: Generator[bytes, None, None], clock: Callable[[], float] = time.monotonic
) -> Generator[bytes, None, None]:
    """Yield the chunks to a reader who takes them fast enough.

    One who takes nothing at all is cut off by the load balancer, when the connection was idle.

    Raises:
        ReaderTooSlow: see there.
    """
    waited, sent = 0.0, 0
    for chunk in chunks:
        before = clock()
        yield chunk
        waited += clock() - before
        sent += len(chunk)
        if waited > GRACE_SECONDS + sent / LEAST_BYTES_PER_SECOND:
            raise ReaderTooSlow
