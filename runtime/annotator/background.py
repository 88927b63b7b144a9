"""Work that goes on in another thread while the next part is prepared."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self


class Background:
    """Runs one piece of work at a time, in another thread. Use as a context manager.

    A failure is raised by the next `submit`, or at the end.

    Args:
        name: of the thread.
        close: called at the end, when nothing runs any more.
    """

    def __init__(self, name: str, close: Callable[[], object]) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._close = close
        self._running: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._wait()
        finally:
            self._pool.shutdown()
            self._close()

    def submit(self, work: Callable[[], None]) -> None:
        """Begin the next piece of work, when the last one has ended."""
        self._wait()
        self._running = self._pool.submit(work)

    def _wait(self) -> None:
        if self._running is not None:
            self._running.result()
