"""Readers who ask for large files and take a few bytes a second."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

BUFFER_BYTES = 4096
"""Of a reader's socket: what the kernel takes for a reader who doesn't read."""

BYTES_AT_ONCE = 16
PAUSE_SECONDS = 0.5
CONNECT_SECONDS = 10.0


@dataclass(frozen=True)
class Request:
    """What a reader asks for; `headers` go with it."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)

    def open(self) -> socket.socket:
        """Send it; return the connection, of which nothing is read yet."""
        parts = urlsplit(self.url)
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        connection.settimeout(CONNECT_SECONDS)
        connection.connect((parts.hostname, parts.port or 80))
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        lines = [f"GET {target} HTTP/1.1", f"Host: {parts.netloc}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        connection.setblocking(False)
        return connection


@contextmanager
def slow_readers(requests: Sequence[Request]) -> Iterator[None]:
    """Read all of these slowly, each on a connection of its own, while the context lasts."""
    stop = threading.Event()
    connections = list[socket.socket]()
    try:
        for request in requests:
            connections.append(request.open())
        thread = threading.Thread(target=_read, args=(connections, stop), daemon=True)
        thread.start()
        yield
        stop.set()
        thread.join()
    finally:
        stop.set()
        for connection in connections:
            connection.close()


def _read(connections: Sequence[socket.socket], stop: threading.Event) -> None:
    while not stop.wait(PAUSE_SECONDS):
        for connection in connections:
            with suppress(OSError):  # nothing has come, or the server has had enough
                connection.recv(BYTES_AT_ONCE)
