"""Stripe's idempotency keys, which localstripe doesn't know.

https://docs.stripe.com/api/idempotent_requests: a repeated request gets the first answer again. A
different request with the same key is refused, and so is one while the first is in progress.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler

HEADER = "Idempotency-Key"


@dataclass(frozen=True)
class _Stored:
    request: tuple[str, bytes]
    status: int
    body: bytes


class IdempotencyKeys:
    """Stores answers for as long as the process runs; Stripe stores them for a day."""

    def __init__(self) -> None:
        self._answers: dict[str, _Stored] = {}
        self._in_progress: set[str] = set()

    @property
    def middleware(self) -> Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]:
        """The middleware, to be placed before localstripe's handlers."""

        @web.middleware
        async def once(request: web.Request, handler: Handler) -> web.StreamResponse:
            key = request.headers.get(HEADER)
            if key is None or request.method != "POST":
                return await handler(request)
            asked = (request.path, await request.read())
            if key in self._in_progress:
                return _refusal(409, "There is another request with this idempotency key.")
            if key in self._answers:
                return _replay(self._answers[key], asked)
            return await self._first(key, asked, request, handler)

        return once

    async def _first(
        self, key: str, asked: tuple[str, bytes], request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        self._in_progress.add(key)
        try:
            answer = await handler(request)
        finally:
            self._in_progress.discard(key)
        if isinstance(answer, web.Response) and isinstance(answer.body, bytes):
            self._answers[key] = _Stored(asked, answer.status, answer.body)
        return answer


def _replay(stored: _Stored, asked: tuple[str, bytes]) -> web.Response:
    if stored.request != asked:
        return _refusal(400, "This idempotency key was used with other parameters before.")
    return web.Response(
        status=stored.status,
        body=stored.body,
        content_type="application/json",
        headers={"Idempotent-Replayed": "true"},
    )


def _refusal(status: int, message: str) -> web.Response:
    return web.json_response(
        {"error": {"type": "idempotency_error", "message": message}}, status=status
    )
