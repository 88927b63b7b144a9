"""An event loop in a thread, for the laptop cloud's small HTTP servers."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, Self, TypeVar

from aiohttp import web

T = TypeVar("T")

STOP_SECONDS = 3.0
"""How long requests in progress may take when a server stops."""


class LoopThread:
    """Runs coroutines for callers without an event loop; a context manager."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="servers", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self._loop.shutdown_asyncgens())
        self.run(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the loop's thread and return its result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()


class Server:
    """An aiohttp application on a port of 127.0.0.1.

    Args:
        app: the application.
        port: 0 for any free one.
    """

    def __init__(self, app: web.Application, port: int = 0) -> None:
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOP_SECONDS)
        self._wanted = port
        self.port = port

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: the port is in use.
        """
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._wanted).start()
        self.port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close, after the requests in progress."""
        await self._runner.cleanup()
