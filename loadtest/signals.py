"""Ctrl-C and similar signals: they end a command in order, and can't interrupt its clean-up."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def interruptible() -> Iterator[None]:
    """Make each signal that asks for the end raise KeyboardInterrupt."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with _handled(interrupt):
        yield


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ignore those signals, for work that takes a bounded time."""

    def ignore(*_: object) -> None:
        """Do nothing. Processes started meanwhile would inherit SIG_IGN, but not a handler."""

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
