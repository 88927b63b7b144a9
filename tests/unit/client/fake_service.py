"""A service and its storage that fail when a test wants it. They play what `/api/v1` promises; the
client is run against the real ones in tests/unit/web and tests/platform."""

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

import httpx

from gas_client.models import Job

URL = "http://127.0.0.1:9"
STORAGE = "http://storage.test"
TOKEN = "gas_token"
PART = 5 << 20
RESULT = {"x.annot.vcf.gz": ("vcf", b"annotated" * 1000), "x.summary.json": ("summary", b"{}")}

RCRS = {
    "name": "rcrs",
    "version": "1",
    "assembly": "rCRS",
    "default": True,
    "contigs": [{"name": "MT", "aliases": ["chrM"], "length": 16569}],
}

Fault = Callable[[httpx.Request], httpx.Response | None]


def problem(status: int, detail: str, **more: Any) -> httpx.Response:
    """A problem document."""
    headers = {"Content-Type": "application/problem+json", **more.pop("headers", {})}
    body = {"type": "about:blank", "status": status, "detail": detail, **more}
    return httpx.Response(status, content=json.dumps(body).encode(), headers=headers)


FOUND = {
    "reference": "rcrs",
    "level": "good",
    "assembly": "",
    "text": "",
    "fitting": ["rcrs"],
    "agreement": "",
}


@dataclass
class FakeService:
    """State of the service; `fault` answers in its place, or raises, when it wants to."""

    references: list[dict[str, Any]] = field(default_factory=lambda: [RCRS])
    found: dict[str, Any] = field(default_factory=lambda: dict(FOUND))
    ends_as: str = "COMPLETED"
    jobs: dict[str, Job] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    parts: dict[str, dict[int, bytes]] = field(default_factory=dict)
    results: dict[str, tuple[str, bytes]] = field(default_factory=lambda: dict(RESULT))
    requests: list[httpx.Request] = field(default_factory=list)
    fault: Fault | None = None

    def transport(self) -> httpx.MockTransport:
        """In place of the network."""
        return httpx.MockTransport(self._answer)

    def sent(self, method: str, path: str) -> list[httpx.Request]:
        """The requests of a method whose path matches."""
        return [
            each
            for each in self.requests
            if each.method == method and re.fullmatch(path, each.url.path)
        ]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.fault(request) if self.fault else None
        if answer is not None:
            return answer
        if request.url.host == "storage.test":
            assert "Authorization" not in request.headers, "the storage got the token"
            return self._storage(request)
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return problem(401, "The token isn't valid. Make another one on your account's page.")
        return self._api(request, request.url.path.removeprefix("/api/v1"))

    def _storage(self, request: httpx.Request) -> httpx.Response:
        _, kind, *rest = request.url.path.split("/")
        if kind == "post":
            text = f"Content-Type: {request.headers['Content-Type']}\n\n".encode()
            form = message_from_bytes(text + request.content)
            self.files[rest[0]] = list(form.walk())[-1].get_payload(decode=True)  # type: ignore[assignment]
            return httpx.Response(204)
        if kind == "part":
            self.parts[rest[0]][int(rest[1])] = request.content
            return httpx.Response(200)
        data = self.results[rest[0]][1]
        first = int(request.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        return httpx.Response(206, stream=httpx.ByteStream(data[first:]))

    def _api(self, request: httpx.Request, path: str) -> httpx.Response:
        fixed = {
            "/account": {"email": "who@example.org"},
            "/references": {"items": self.references},
            "/references/find": self.found,
        }
        if path in fixed:
            return httpx.Response(200, json=fixed[path])
        match path.strip("/").split("/"):
            case ["jobs"] if request.method == "POST":
                return self._create(json.loads(request.content))
            case ["jobs"]:
                return httpx.Response(200, json=self._page(request))
            case ["jobs", job_id, *rest]:
                return self._job(request, job_id, rest)
        return problem(404, "There is no such address.")

    def _create(self, body: dict[str, Any]) -> httpx.Response:
        job_id = str(uuid.uuid4())
        upload: dict[str, Any] = {"url": f"{STORAGE}/post/{job_id}", "fields": {"key": "k"}}
        if body.get("multipart"):
            upload = {"part_size": PART, "parts": -(-body["size"] // PART)}
            self.parts[job_id] = {}
        answer = {"job_id": job_id, "ticket": f"ticket-{job_id}", "upload": upload}
        self.jobs[job_id] = {"job_id": job_id, "file_name": body["file_name"], "state": "NEW"}
        return httpx.Response(201, json=answer)

    def _page(self, request: httpx.Request) -> dict[str, Any]:
        jobs = list(self.jobs.values())
        first = int(request.url.params.get("cursor", 0))
        end = first + min(2, int(request.url.params["limit"]))
        following = str(end) if end < len(jobs) else None
        return {"items": jobs[first:end], "next_cursor": following}

    def _job(  # noqa: PLR0911 - a return for each route
        self, request: httpx.Request, job_id: str, rest: list[str]
    ) -> httpx.Response:
        job, items = self.jobs.get(job_id), list[dict[str, Any]]()
        if job is None:
            return problem(404, "There is no such job.")
        match rest:
            case ["start"]:
                if job_id in self.parts:
                    self.files[job_id] = b"".join(
                        data for _, data in sorted(self.parts[job_id].items())
                    )
                job |= {"state": "PENDING", "progress": 0, "note": ""}
                return httpx.Response(201, json=job)
            case ["upload"]:
                items = [{"number": number} for number in self.parts[job_id]]
                return httpx.Response(200, json={"items": items})
            case ["upload", "parts"]:
                numbers = json.loads(request.content)["numbers"]
                items = [
                    {"number": number, "url": f"{STORAGE}/part/{job_id}/{number}"}
                    for number in numbers
                ]
                return httpx.Response(200, json={"items": items})
            case ["wait"]:
                error = "Line 3 isn't a record." if self.ends_as == "FAILED" else None
                job |= {"state": self.ends_as, "progress": 100, "error": error}
                return httpx.Response(200, json=job)
            case ["cancel"]:
                job["state"] = "CANCELLED"
                return httpx.Response(200, json=job)
            case ["files"]:
                items = [
                    {"name": name, "kind": kind, "size": len(data), "url": f"{STORAGE}/get/{name}"}
                    for name, (kind, data) in self.results.items()
                ]
                return httpx.Response(200, json={"items": items})
            case ["variants"]:
                items = [{"chrom": "MT", "pos": 3243, "note": "two\twords", "genes": None}]
                return httpx.Response(200, json={"items": items, "next_cursor": None})
            case [] if request.method == "DELETE":
                del self.jobs[job_id]
                return httpx.Response(204)
        return httpx.Response(200, json=job)
