"""The AWS console: a page with the groups, their alarms and their scaling activities."""

import asyncio
import html
from collections.abc import Callable
from typing import Self

from aiohttp import web

from local.host.http_server import LoopThread, Server
from local.host.run_state import ScalingRecord
from scaling.alarms import AlarmState

REFRESH_SECONDS = 2

STATES = frozenset(AlarmState)

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="{refresh}">
<meta name="viewport" content="width=device-width"><title>GAS: scaling</title>
<style>
body {{ font: 15px/1.4 system-ui, sans-serif; margin: 2rem; max-width: 70rem }}
table {{ border-collapse: collapse; margin-bottom: 2rem }}
th, td {{ text-align: left; padding: .25rem 1.5rem .25rem 0; border-bottom: 1px solid #ddd }}
.ALARM {{ color: #b00020; font-weight: bold }} .OK {{ color: #1b6e20 }}
.INSUFFICIENT_DATA {{ color: #5f6368 }}
</style></head>
<body><h1>Scaling</h1><p>{pace}</p>
<h2>Groups</h2>{groups}<h2>Alarms</h2>{alarms}<h2>Activities</h2>{activities}
</body></html>
"""


class ConsolePage:
    """Serves the page on a free port of 127.0.0.1.

    Args:
        record: returns the state of scaling.
        servers: where it runs.
    """

    def __init__(self, record: Callable[[], ScalingRecord], servers: LoopThread) -> None:
        self._record = record
        self._servers = servers
        app = web.Application()
        app.router.add_get("/", self._show)
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

    async def _show(self, _: web.Request) -> web.Response:
        # In a thread: it asks the emulator, and the other servers share this event loop.
        record = await asyncio.to_thread(self._record)
        return web.Response(text=page(record), content_type="text/html")


def page(record: ScalingRecord) -> str:
    """Return the page's HTML."""
    minute = 60 // record.time_scale
    return PAGE.format(
        refresh=REFRESH_SECONDS,
        pace=f"A minute of the alarms lasts {minute} s.",
        groups=_table(
            ("Group", "Desired", "Running", "Min", "Max"),
            [(g.group, g.desired, g.running, g.minimum, g.maximum) for g in record.groups],
        ),
        alarms=_table(
            ("Group", "Alarm", "State", "Newest datapoint", "Condition"),
            [(a.group, a.title, a.state, _number(a.value), a.condition) for a in record.alarms],
        ),
        activities=_table(
            ("Time", "Group", "From", "To", "Cause"),
            [
                (f"{a.time:%Y-%m-%d %H:%M:%S}Z", a.group, a.capacity_from, a.capacity_to, a.cause)
                for a in reversed(record.activities)
            ],
        ),
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _table(columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    body = "".join(f"<tr>{''.join(_cell(str(cell)) for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(text: str) -> str:
    shown = html.escape(text)
    return f'<td class="{shown}">{shown}</td>' if text in STATES else f"<td>{shown}</td>"
