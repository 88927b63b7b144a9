"""The proxy in front of the web instances."""

import asyncio
import collections
import socket
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx
import pytest
from aiohttp import web

from local.aws.ec2.instance import free_port
from local.aws.load_balancer import LoadBalancer
from local.aws.target_health import Target, TargetState
from local.host.http_server import LoopThread, Server
from tests.unit.local.aws.test_target_health import RULE
from tests.waiting import wait_until

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Backend:
    """A web instance: answers its name, or what `handler` answers; ill when not `healthy`."""

    name: str
    healthy: bool = True
    handler: Handler | None = None
    seen: list[web.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path == RULE.path:
            return web.Response(status=200 if self.healthy else 503)
        self.seen.append(request)
        if self.handler is not None:
            return await self.handler(request)
        self.bodies.append(await request.read())
        return web.Response(text=self.name)


class Site:
    """A load balancer with backends that can be added while it runs."""

    def __init__(self, servers: LoopThread) -> None:
        self._servers = servers
        self._running: list[Server] = []
        self.targets: list[Target] = []
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.balancer = LoadBalancer(
            rule=RULE, targets=lambda: list(self.targets), port=port, servers=servers
        )
        self.balancer.start()

    def add(self, backend: Backend) -> Target:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", backend.answer)
        server = Server(app)
        self._servers.run(server.start())
        self._running.append(server)
        target = Target(backend.name, server.port)
        self.targets.append(target)
        if backend.healthy:
            self.wait(target, TargetState.HEALTHY)
        return target

    def wait(self, target: Target, state: TargetState) -> None:
        wait_until(
            lambda: self.balancer.health.state(target) is state, f"{target.instance_id} is {state}"
        )

    def get(self, path: str = "/", **options: object) -> httpx.Response:
        return httpx.get(self.url + path, timeout=30, **options)  # type: ignore[arg-type]

    def stop(self) -> None:
        self.balancer.stop()
        for server in self._running:
            self._servers.run(server.stop())


@pytest.fixture
def site(servers: LoopThread) -> Iterator[Site]:
    site = Site(servers)
    yield site
    site.stop()


def test_should_spread_requests_evenly_when_instances_are_healthy(site: Site) -> None:
    for name in ("a", "b", "c"):
        site.add(Backend(name))

    answers = collections.Counter(site.get().text for _ in range(12))

    assert answers == {"a": 4, "b": 4, "c": 4}


def test_should_avoid_an_instance_when_it_is_unhealthy(site: Site) -> None:
    ill = Backend("ill")
    target = site.add(ill)
    site.add(Backend("well"))

    ill.healthy = False
    site.wait(target, TargetState.UNHEALTHY)

    assert {site.get().text for _ in range(6)} == {"well"}


def test_should_use_an_instance_again_when_it_has_recovered(site: Site) -> None:
    backend = Backend("a")
    target = site.add(backend)
    backend.healthy = False
    site.wait(target, TargetState.UNHEALTHY)

    backend.healthy = True

    site.wait(target, TargetState.HEALTHY)


def test_should_not_use_an_instance_when_it_has_never_been_healthy(site: Site) -> None:
    site.add(Backend("booting", healthy=False))

    answer = site.get()

    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "No web instance is in service yet" in answer.text


def test_should_use_unhealthy_instances_when_there_are_no_others(site: Site) -> None:
    backend = Backend("ill")
    target = site.add(backend)
    backend.healthy = False
    site.wait(target, TargetState.UNHEALTHY)

    assert site.get().text == "ill"


def test_should_not_use_an_instance_when_it_has_been_detached(site: Site) -> None:
    gone = site.add(Backend("gone"))
    site.add(Backend("there"))

    site.targets.remove(gone)

    assert {site.get().text for _ in range(4)} == {"there"}


@pytest.mark.parametrize("host", ["x:99999999", "\xff"])
def test_should_answer_400_when_the_host_is_malformed(site: Site, host: str) -> None:
    site.add(Backend("one"))
    address = ("127.0.0.1", int(site.url.rpartition(":")[2]))
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode("latin-1"))
        assert b" 400 " in connection.recv(100)


def test_should_answer_502_when_the_instance_refuses_the_connection(
    site: Site, servers: LoopThread
) -> None:
    site.add(Backend("gone"))
    servers.run(site._running[0].stop())

    answer = site.get()

    assert answer.status_code == HTTPStatus.BAD_GATEWAY
    assert "gone" in answer.text


def test_should_answer_504_when_the_instance_is_silent(
    site: Site, monkeypatch: pytest.MonkeyPatch, servers: LoopThread
) -> None:
    monkeypatch.setattr("local.aws.load_balancer.IDLE_SECONDS", 0.2)
    silent = asyncio.Event()

    async def hang(_request: web.Request) -> web.StreamResponse:
        await silent.wait()
        return web.Response()

    impatient = Site(servers)
    impatient.add(Backend("hung", handler=hang))

    answer = impatient.get()
    servers.run(set_event(silent))
    impatient.stop()

    assert answer.status_code == HTTPStatus.GATEWAY_TIMEOUT
    assert "hung" in answer.text


async def set_event(event: asyncio.Event) -> None:
    event.set()


def test_should_tell_the_instance_who_asked_when_it_forwards(site: Site) -> None:
    backend = Backend("a")
    site.add(backend)

    site.get("/path?q=%2Fx&y=a%20b", headers={"X-Forwarded-For": "203.0.113.9"})

    request = backend.seen[0]
    assert request.raw_path == "/path?q=%2Fx&y=a%20b"
    assert request.headers["Host"] == site.url.removeprefix("http://")
    assert request.headers["X-Forwarded-For"] == "203.0.113.9, 127.0.0.1"
    assert request.headers["X-Forwarded-Proto"] == "http"
    assert request.headers["X-Forwarded-Port"] == site.url.rpartition(":")[2]


def test_should_keep_connection_headers_to_itself_when_it_forwards(site: Site) -> None:
    backend = Backend("a")
    site.add(backend)

    site.get(headers={"Connection": "close, X-Private", "X-Private": "1", "X-Public": "2"})

    headers = backend.seen[0].headers
    assert "X-Private" not in headers
    assert headers["X-Public"] == "2"


@pytest.mark.parametrize("chunked", [False, True])
def test_should_pass_the_body_on_when_there_is_one(site: Site, chunked: bool) -> None:
    backend = Backend("a")
    site.add(backend)
    body = bytes(range(256)) * 4096

    content = iter([body[:1000], body[1000:]]) if chunked else body
    httpx.post(site.url, content=content, timeout=30)

    assert backend.bodies == [body]
    assert backend.seen[0].headers["Content-Length" if not chunked else "Transfer-Encoding"]


def test_should_pass_status_headers_and_cookies_back_when_the_instance_answers(site: Site) -> None:
    async def answer(_request: web.Request) -> web.StreamResponse:
        response = web.Response(status=303, headers={"Location": "/elsewhere"})
        response.set_cookie("one", "1")
        response.set_cookie("two", "2")
        return response

    site.add(Backend("a", handler=answer))

    response = site.get()

    assert response.status_code == HTTPStatus.SEE_OTHER
    assert response.headers["Location"] == "/elsewhere"
    assert dict(response.cookies) == {"one": "1", "two": "2"}


def test_should_break_the_connection_when_the_instance_breaks_off_in_the_middle(
    site: Site,
) -> None:
    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"x" * 500)
        assert request.transport is not None
        request.transport.abort()
        return response

    site.add(Backend("a", handler=half))

    with pytest.raises(httpx.HTTPError) as fault:
        site.get()
    assert "timed out" not in str(fault.value)


def test_should_answer_head_without_a_body_when_asked(site: Site) -> None:
    site.add(Backend("a"))

    response = httpx.head(site.url, timeout=30)

    assert response.status_code == HTTPStatus.OK
    assert response.headers["Content-Length"] == "1"
    assert response.text == ""
