"""Deletes what results leave on this instance's disk: a thread of each worker process."""

import threading
from collections.abc import Callable

from runtime.common.log import get_logger

EVERY_SECONDS = 60.0

_log = get_logger(__name__)


def start(sweep: Callable[[], None]) -> None:
    """Call `sweep` every minute from now on; a fault is logged, and the next turn tries again."""
    threading.Thread(target=_run, args=(sweep,), name="sweeping", daemon=True).start()


def _run(sweep: Callable[[], None]) -> None:
    pause = threading.Event()
    while True:
        try:
            sweep()
        except OSError:
            _log.exception("copies of results could not be swept")
        pause.wait(EVERY_SECONDS)
