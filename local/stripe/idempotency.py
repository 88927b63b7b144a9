"""Stripe's idempotency keys, which localstripe doesn't know.

https://docs.stripe.com/api/idempotent_requests: the first answer to a key is kept and given again,
another request under the same key is refused, and so is one while the first is under way.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler

HEADER = "Idempotency-Key"


@dataclass(frozen=True)
class _Kept:
    request: tuple[str, bytes]
    status: int
    body: bytes


class IdempotencyKeys:
    """Remembers answers for as long as the process runs; Stripe does for a day."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._under_way: set[str] = set()

    @property
    def middleware(self) -> Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]:
        """What goes before localstripe's own handlers."""

        @web.middleware
        async def once(request: web.Request, handler: Handler) -> web.StreamResponse:
            key = request.headers.get(HEADER)
            if key is None or request.method != "POST":
                return await handler(request)
            asked = (request.path, await request.read())
            if key in self._under_way:
                return _refusal(409, "There is another request with this idempotency key.")
            if key in self._kept:
                return _again(self._kept[key], asked)
            return await self._first(key, asked, request, handler)

        return once

    async def _first(
        self, key: str, asked: tuple[str, bytes], request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        self._under_way.add(key)
        try:
            answer = await handler(request)
        finally:
            self._under_way.discard(key)
        if isinstance(answer, web.Response) and isinstance(answer.body, bytes):
            self._kept[key] = _Kept(asked, answer.status, answer.body)
        return answer


def _again(kept: _Kept, asked: tuple[str, bytes]) -> web.Response:
    if kept.request != asked:
        return _refusal(400, "This idempotency key was used with other parameters before.")
    return web.Response(
        status=kept.status,
        body=kept.body,
        content_type="application/json",
        headers={"Idempotent-Replayed": "true"},
    )


def _refusal(status: int, message: str) -> web.Response:
    return web.json_response(
        {"error": {"type": "idempotency_error", "message": message}}, status=status
    )
