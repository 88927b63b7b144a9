"""Ends what a benchmark has started, however it ends itself."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

ENDED_SECONDS = 10.0
"""For so long a killed process may take to be gone."""


def kill_below(pid: int) -> None:
    """Kill the children of a process, and theirs."""
    with suppress(psutil.NoSuchProcess):
        for each in psutil.Process(pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                each.kill()


@contextmanager
def no_process_left() -> Iterator[None]:
    """Kill what was started below this process in the context, and still runs at its end.

    Whoever starts a process ends it. But a signal may come in the moment between its start and the
    block that would end it.
    """
    before = set(psutil.Process().children(recursive=True))
    try:
        yield
    finally:
        left = set(psutil.Process().children(recursive=True)) - before
        for each in left:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        psutil.wait_procs(left, timeout=ENDED_SECONDS)
