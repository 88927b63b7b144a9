"""The socket on which systemd hears its units."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Notified:
    """What was said so far."""

    channel: socket.socket
    path: Path

    def next(self, seconds: float) -> str:
        """The next thing that is said within so many seconds; raises TimeoutError."""
        self.channel.settimeout(seconds)
        return self.channel.recv(4096).decode()

    def all(self) -> list[str]:
        """All that was said and not read yet."""
        said = []
        self.channel.setblocking(False)
        while True:
            try:
                said.append(self.channel.recv(4096).decode())
            except BlockingIOError:
                return said


@contextmanager
def notified(folder: Path) -> Iterator[Notified]:
    """Listen; `NOTIFY_SOCKET` is the path."""
    path = folder / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(path))
        yield Notified(channel, path)
