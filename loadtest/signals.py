"""Ctrl-C and its like: they end a load test in order, and don't keep it from cleaning up."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def interruptible() -> Iterator[None]:
    """Let each signal that asks for the end raise KeyboardInterrupt."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with _handled(interrupt):
        yield


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let what has begun finish: for what takes a bounded time."""

    def ignore(*_: object) -> None:
        """Not SIG_IGN, which the processes that are started meanwhile would inherit."""

    with _handled(ignore):
        yield


@contextmanager
def _handled(handler: "signal._HANDLER") -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in STOPS}
    try:
        yield
    finally:
        for number, handling in before.items():
            signal.signal(number, handling)
