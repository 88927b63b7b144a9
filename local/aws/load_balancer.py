"""Elastic Load Balancing: an HTTP proxy that spreads requests over the healthy web instances.

It is an aiohttp server, so it forwards with aiohttp's client rather than with httpx: bodies go
through unread, and the path and all headers stay as the browser sent them.
"""

import asyncio
import contextlib
import html
import itertools
import time
from collections.abc import AsyncIterator, Callable

import aiohttp
from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from local.aws.target_health import HealthChecks, HealthRule, Target, TargetState
from local.aws.traffic import Traffic
from local.host.http_server import LoopThread, Server

CONNECT_SECONDS = 10.0
"""ALB's time limit for a connection to a target.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html"""

IDLE_SECONDS = 60.0
"""ALB's default idle timeout.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html"""

KEEP_ALIVE_SECONDS = 5.0
"""Shorter than the web server's, so that no request goes into a connection that is being closed."""

HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "expect",
    }
)
"""Headers of a single connection: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1"""

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1><p>{sentence}</p></body></html>
"""


class LoadBalancer:
    """Listens on the site's port of 127.0.0.1.

    Args:
        rule: when a target is healthy.
        targets: returns the attached instances.
        port: of the site.
        servers: where it runs.
    """

    def __init__(
        self,
        *,
        rule: HealthRule,
        targets: Callable[[], list[Target]],
        port: int,
        servers: LoopThread,
    ) -> None:
        self.health = HealthChecks(rule, targets)
        self.traffic = Traffic()
        self._servers = servers
        self._turn = itertools.count()
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._forward)
        app.cleanup_ctx.append(self._with_session)
        self._server = Server(app, port)

    def unhealthy(self) -> list[str]:
        """Ids of the instances in state unhealthy."""
        return [target.instance_id for target in self.health.in_state(TargetState.UNHEALTHY)]

    def start(self) -> None:
        """Listen.

        Raises:
            OSError: the port is in use.
        """
        self._servers.run(self._server.start())

    def stop(self) -> None:
        """Close."""
        self._servers.run(self._server.stop())

    async def _with_session(self, _app: web.Application) -> AsyncIterator[None]:
        limits = aiohttp.ClientTimeout(
            total=None, sock_connect=CONNECT_SECONDS, sock_read=IDLE_SECONDS
        )
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS)
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=limits,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        async with self._session:
            checks = asyncio.create_task(self.health.run())
            yield
            checks.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await checks

    def _choose(self) -> Target | None:
        """The next healthy target in turn; as with ALB, an unhealthy one if none is healthy."""
        for state in (TargetState.HEALTHY, TargetState.UNHEALTHY):
            targets = self.health.in_state(state)
            if targets:
                return targets[next(self._turn) % len(targets)]
        return None

    async def _forward(self, request: web.Request) -> web.StreamResponse:
        target = self._choose()
        if target is None:
            return _page(503, "No web instance is in service yet. Try again in a few seconds.")
        sent = time.monotonic()
        try:
            async with self._session.request(
                request.method,
                URL(f"http://127.0.0.1:{target.port}{request.raw_path}", encoded=True),
                headers=_forwarded_headers(request),
                data=request.content if request.can_read_body else None,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
                allow_redirects=False,
            ) as answer:
                self.traffic.answered(answer.status, time.monotonic() - sent)
                return await _relay(request, answer)
        except ValueError:
            return _page(400, "The request's address or its header Host is malformed.")
        except TimeoutError:
            return _page(504, f"The web instance {target.instance_id} didn't answer in time.")
        except aiohttp.ClientError as error:
            if request.transport is None or request.transport.is_closing():
                raise  # the browser has disconnected, so nobody reads an answer
            return _page(502, f"The web instance {target.instance_id} broke off: {error}.")


async def _relay(request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, reason=answer.reason)
    response.headers.extend(_end_to_end(answer.headers))
    await response.prepare(request)
    try:
        async for chunk in answer.content.iter_any():
            await response.write(chunk)
        await response.write_eof()
    except (aiohttp.ClientError, TimeoutError):
        # A part of the answer has been sent. Only a broken connection shows that it is incomplete.
        if request.transport is not None:
            request.transport.abort()
    return response


def _forwarded_headers(request: web.Request) -> CIMultiDict[str]:
    headers = _end_to_end(request.headers)
    before = headers.get("X-Forwarded-For")
    peer = request.remote or ""
    headers["X-Forwarded-For"] = f"{before}, {peer}" if before else peer
    headers["X-Forwarded-Proto"] = request.scheme
    headers["X-Forwarded-Port"] = str(request.url.port)
    return headers


def _end_to_end(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
    named = {name.strip().lower() for name in headers.get("Connection", "").split(",")}
    return CIMultiDict(
        (name, value)
        for name, value in headers.items()
        if name.lower() not in HOP_BY_HOP and name.lower() not in named
    )


def _page(status: int, sentence: str) -> web.Response:
    title = {
        400: "Bad request",
        502: "Bad gateway",
        503: "Service unavailable",
        504: "Gateway timeout",
    }[status]
    text = PAGE.format(title=title, sentence=html.escape(sentence))
    return web.Response(status=status, text=text, content_type="text/html")
