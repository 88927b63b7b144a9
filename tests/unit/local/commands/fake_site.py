"""A site that speaks GAS's HTTP contract, for faults that the real one makes in its own time."""

from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

PASSWORD = "right"
TOKEN = "csrf-&-token"
RESULT = b"annotated"
RCRS = {
    "name": "rcrs",
    "version": "1",
    "assembly": "rCRS",
    "fasta": "genome.fa",
    "contigs": [{"name": "MT", "aliases": ["chrM"], "length": 16569, "accession": "NC_012920.1"}],
}


@dataclass
class FakeSite:
    """Answers as it is told."""

    upload: tuple[int, dict[str, Any]] | None = None
    storage: tuple[int, str] = (204, "")
    states: list[dict[str, Any]] = field(default_factory=list)
    received: dict[str, Any] = field(default_factory=dict)
    breaks_off: bool = False
    references: list[dict[str, Any]] = field(default_factory=lambda: [RCRS])
    sequences: dict[str, str] = field(default_factory=dict)
    url: str = ""
    example: bytes = b""
    result: bytes = RESULT
    keeps_deleted: bool = False
    deleted: bool = False
    unhealthy: int = 0
    """So many times."""

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/sign-in", self._page)
        app.router.add_post("/sign-in", self._sign_in)
        app.router.add_get("/upload", self._page)
        app.router.add_get("/upload/references.json", self._references)
        app.router.add_post("/uploads", self._uploads)
        app.router.add_post("/storage", self._storage)
        app.router.add_post("/jobs", self._jobs)
        app.router.add_get("/jobs/{id}/status", self._status)
        app.router.add_get("/jobs/{id}/download", self._download)
        app.router.add_get("/result", self._result)
        app.router.add_get("/health", self._health)
        app.router.add_get("/upload/example", self._example)
        app.router.add_post("/jobs/{id}/delete", self._delete)
        app.router.add_get("/reference/{name}/genome.fa.fai", self._index)
        app.router.add_get("/reference/{name}/genome.fa", self._sequence)
        return app

    async def _health(self, _request: web.Request) -> web.Response:
        self.unhealthy -= 1
        return web.json_response({}, status=503 if self.unhealthy >= 0 else 200)

    async def _page(self, _request: web.Request) -> web.Response:
        text = f'<meta name="csrf-token" content="{TOKEN.replace("&", "&amp;")}">'
        return web.Response(text=text, content_type="text/html")

    async def _references(self, _request: web.Request) -> web.Response:
        return web.json_response({"references": self.references})

    async def _index(self, request: web.Request) -> web.Response:
        length = len(self.sequences[request.match_info["name"]])
        return web.Response(text=f"1\t{length}\t0\t{length}\t{length + 1}\n")

    async def _sequence(self, request: web.Request) -> web.Response:
        part = request.http_range
        text = self.sequences[request.match_info["name"]][part.start : part.stop]
        return web.Response(status=206, text=text)

    async def _sign_in(self, request: web.Request) -> web.Response:
        form = await request.post()
        known = form["password"] == PASSWORD and form["csrf_token"] == TOKEN
        return web.Response(status=302 if known else 401, headers={"Location": "/jobs"})

    async def _uploads(self, request: web.Request) -> web.Response:
        self.received["upload"] = await request.json()
        self.received["csrf"] = request.headers["X-CSRFToken"]
        if self.upload is not None:
            return web.json_response(self.upload[1], status=self.upload[0])
        fields = {"key": "users/1/2/x.vcf", "policy": "p"}
        signed = {"url": f"{self.url}/storage", "fields": fields, "token": "signed"}
        return web.json_response(signed, status=201)

    async def _storage(self, request: web.Request) -> web.Response:
        parts = [
            (part.name, await part.read())  # type: ignore[union-attr]
            async for part in await request.multipart()
        ]
        self.received["parts"] = parts
        self.received["length"] = request.headers.get("Content-Length")
        return web.Response(status=self.storage[0], text=self.storage[1])

    async def _jobs(self, request: web.Request) -> web.Response:
        self.received["job"] = await request.json()
        return web.json_response({"job_id": "j1", "url": "/jobs/j1"}, status=201)

    async def _example(self, _request: web.Request) -> web.Response:
        return web.Response(body=self.example)

    async def _delete(self, request: web.Request) -> web.Response:
        self.deleted = request.headers["X-CSRFToken"] == TOKEN
        return web.json_response({"job_id": "j1"})

    async def _status(self, _request: web.Request) -> web.Response:
        if self.deleted and not self.keeps_deleted:
            return web.json_response({"error": "No such job."}, status=404)
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return web.json_response(state)

    async def _download(self, _request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/result"})

    async def _result(self, request: web.Request) -> web.StreamResponse:
        if not self.breaks_off:
            return web.Response(body=self.result)
        answer = web.StreamResponse(headers={"Content-Length": str(len(RESULT) + 1)})
        await answer.prepare(request)
        await answer.write(RESULT)
        assert request.transport
        request.transport.close()
        return answer
