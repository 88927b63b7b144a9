"""What a process tells systemd: that it is ready, that it is alive. Nothing where there is none.

https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
"""

import os
import socket
import time

from runtime.common.log import get_logger

SOCKET = "NOTIFY_SOCKET"

log = get_logger(__name__)


def starting(seconds: float) -> None:
    """The process is still starting, and says more within so many seconds: it gets that time beyond
    the unit's TimeoutStartSec."""
    _notify(f"EXTEND_TIMEOUT_USEC={int(seconds * 1_000_000)}")


def ready() -> None:
    """The process does its work from now on; the unit counts as started."""
    _notify("READY=1")


def alive() -> None:
    """The loop goes round. A unit's watchdog restarts a process that doesn't say so in time."""
    _notify("WATCHDOG=1")


class Pulse:
    """Says that the process is alive, for as long as a piece of work may take and no longer.

    Args:
        limit_seconds: after these the work counts as stuck, and the watchdog may have the process.
    """

    def __init__(self, limit_seconds: float) -> None:
        self._end = time.monotonic() + limit_seconds

    def __call__(self) -> None:
        """Say it, unless the work has taken too long."""
        if time.monotonic() < self._end:
            alive()


def _notify(state: str) -> None:
    address = os.environ.get(SOCKET)
    if not address:
        return
    if address.startswith("@"):  # a socket in the abstract namespace
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.connect(address)
            channel.sendall(state.encode())
    except OSError:
        # The work goes on; if systemd misses what was said, it acts on that by itself.
        log.exception("systemd wasn't told", state=state)
