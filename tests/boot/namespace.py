"""A network with nothing in it but what tests put there: a namespace without a single route.

It has a loopback interface alone. What the instance may reach is a socket that is opened inside,
on an address of that interface, and served from outside. So there is no way to anywhere else, by
construction and not by a rule.
"""

import asyncio
import ctypes
import os
import socket
import subprocess
import threading
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from local.host.http_server import LoopThread

CLONE_NEWNET = 0x40000000
"""https://man7.org/linux/man-pages/man2/setns.2.html"""

CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True)
class Namespace:
    """A network namespace by its name."""

    name: str

    def listen(self, address: str, port: int) -> socket.socket:
        """A listening socket inside, on an address that it is given; port 0 is a free one."""
        self._ip("addr", "add", f"{address}/32", "dev", "lo")
        opened: list[socket.socket] = []

        def open_inside() -> None:
            # Of this thread alone; a socket stays where it was opened.
            with Path(f"/run/netns/{self.name}").open() as namespace:
                if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET):
                    raise OSError(ctypes.get_errno(), "setns")
            opened.append(socket.create_server((address, port)))

        thread = threading.Thread(target=open_inside)
        thread.start()
        thread.join()
        return opened[0]

    @contextmanager
    def forwarding(self, servers: LoopThread, address: str, port: int) -> Iterator[str]:
        """Have `address` and `port` inside lead to that port of 127.0.0.1 outside."""
        inside = self.listen(address, port)
        forwarder = _Forwarder(port)
        servers.run(forwarder.start(inside))
        try:
            yield f"http://{address}:{port}"
        finally:
            servers.run(forwarder.stop())

    def _ip(self, *arguments: str) -> None:
        subprocess.run(["ip", "-n", self.name, *arguments], check=True)


@contextmanager
def namespace() -> Iterator[Namespace]:
    """Make one, with its loopback interface up; delete it at the end."""
    made = Namespace(f"gas-{os.getpid()}-{uuid.uuid4().hex[:6]}")
    subprocess.run(["ip", "netns", "add", made.name], check=True)
    try:
        made._ip("link", "set", "lo", "up")
        yield made
    finally:
        subprocess.run(["ip", "netns", "del", made.name], check=True)


class _Forwarder:
    """Takes connections on a socket of the namespace on to a port of 127.0.0.1 outside."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self, inside: socket.socket) -> None:
        self._server = await asyncio.start_server(self._accept, sock=inside)

    async def stop(self) -> None:
        if self._server:
            self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.ensure_future(self._connect(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A connection that breaks on either side ends on both; nobody is to hear of it.
        with suppress(ConnectionError):
            async with _closing(writer):
                there, back = await asyncio.open_connection("127.0.0.1", self._port)
                async with _closing(back):
                    await asyncio.gather(_copy(reader, back), _copy(there, writer))


@asynccontextmanager
async def _closing(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    try:
        yield
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while chunk := await source.read(CHUNK_BYTES):
        target.write(chunk)
        await target.drain()
    target.write_eof()
