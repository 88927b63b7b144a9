"""Ends what a benchmark has started, however it ends itself."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil


def kill_below(pid: int) -> None:
    """Kill the children of a process, and theirs."""
    with suppress(psutil.NoSuchProcess):
        for each in psutil.Process(pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                each.kill()


@contextmanager
def no_process_left() -> Iterator[None]:
    """Kill what is still running below this process when the context is left.

    Whoever starts a process ends it. But a signal may come in the moment between its start and the
    block that would end it.
    """
    try:
        yield
    finally:
        kill_below(psutil.Process().pid)
