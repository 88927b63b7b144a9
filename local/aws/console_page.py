"""The AWS console: a page with the groups, their alarms and their scaling activities."""

import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from aiohttp import web
from aiohttp.typedefs import Handler

from local.host.http_server import LoopThread, Server
from local.host.run_state import ScalingRecord

KEPT = 1800
"""Samples for the charts: half an hour, at one a second."""

FILES = Path(__file__).with_name("console")
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Sample:
    """What the charts show of one moment.

    Attributes:
        number: counts from 1.
        time: seconds since 1970.
        groups: desired and running instances of each group.
        alarms: the newest datapoint of each alarm, by group and title.
    """

    number: int
    time: float
    groups: dict[str, dict[str, int]]
    alarms: dict[str, float | None]

    @classmethod
    def of(cls, number: int, record: ScalingRecord) -> Self:
        """Take it from a record, now."""
        return cls(
            number=number,
            time=time.time(),
            groups={
                group.group: {"desired": group.desired, "running": group.running}
                for group in record.groups
            },
            alarms={f"{alarm.group} {alarm.title}": alarm.value for alarm in record.alarms},
        )


class ConsolePage:
    """Serves the page on a free port of 127.0.0.1.

    Args:
        servers: where it runs.
    """

    def __init__(self, servers: LoopThread) -> None:
        self._servers = servers
        self._lock = threading.Lock()
        self._record: ScalingRecord | None = None
        self._samples: deque[Sample] = deque(maxlen=KEPT)
        app = web.Application()
        app.router.add_get("/", _file("console.html"))
        app.router.add_get("/console.css", _file("console.css"))
        app.router.add_get("/console.js", _file("console.js"))
        app.router.add_get("/state.json", self._state)
        self._server = Server(app)

    @property
    def url(self) -> str:
        """Its address, once it has started."""
        return f"http://127.0.0.1:{self._server.port}/"

    def __enter__(self) -> Self:
        self._servers.run(self._server.start())
        return self

    def __exit__(self, *_: object) -> None:
        self._servers.run(self._server.stop())

    def add(self, record: ScalingRecord) -> None:
        """Show this state from now on, and keep it for the charts."""
        with self._lock:
            number = self._samples[-1].number + 1 if self._samples else 1
            self._samples.append(Sample.of(number, record))
            self._record = record

    async def _state(self, request: web.Request) -> web.Response:
        """Answer `record`, the newest state, and `samples` after the number in `after`."""
        after = request.query.get("after", "0")
        if not after.isdecimal():
            raise web.HTTPBadRequest(text="after is the number of a sample")
        with self._lock:
            record = self._record
            samples = [sample for sample in self._samples if sample.number > int(after)]
        state: dict[str, Any] = {
            "record": record.model_dump(mode="json") if record else None,
            "samples": [vars(sample) for sample in samples],
        }
        return web.json_response(state, headers=HEADERS)


def _file(name: str) -> Handler:
    """A handler that answers with a file of the page."""
    path = FILES / name
    kind = TYPES[path.suffix]

    async def answer(_: web.Request) -> web.Response:
        return web.Response(
            text=path.read_text(encoding="utf-8"), content_type=kind, headers=HEADERS
        )

    return answer
