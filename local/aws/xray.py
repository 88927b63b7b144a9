"""AWS X-Ray, and the CloudWatch agent in front of it: takes spans by OTLP, and keeps the last ones.

https://opentelemetry.io/docs/specs/otlp/#otlphttp
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Self

import httpx
from aiohttp import web
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SentSpan
from opentelemetry.proto.trace.v1.trace_pb2 import Status
from pydantic import BaseModel, ConfigDict, TypeAdapter

from local.errors import LocalError
from local.host.http_server import LoopThread, Server

SPANS_PATH = "/v1/traces"
"""Where OTLP says that spans are sent."""

JOBS_PATH = "/jobs"

MOST_SPANS = 50_000
"""Some 50 MB. Older ones are forgotten."""

MOST_BYTES = 16 * 1024 * 1024
"""Of a batch: a full one of a process, 2,048 spans, has about 1 MiB."""

REQUEST_SECONDS = 30.0

JOB_ID = "gas.job_id"


class Span(BaseModel):
    """A span that has ended. `started` and `ended` are in epoch seconds; `process` is its service.

    A root has an empty `parent_id`.
    """

    model_config = ConfigDict(frozen=True)

    trace_id: str
    span_id: str
    parent_id: str
    process: str
    name: str
    started: float
    ended: float
    failed: bool
    attributes: dict[str, str]


_SPANS = TypeAdapter(list[Span])


class XRay:
    """Takes spans on a free port of 127.0.0.1, and gives those of a job to `./gas trace`.

    Args:
        servers: where it runs.
    """

    def __init__(self, servers: LoopThread) -> None:
        self._servers = servers
        self._spans: deque[Span] = deque(maxlen=MOST_SPANS)
        app = web.Application(client_max_size=MOST_BYTES)
        app.router.add_post(SPANS_PATH, self._take)
        app.router.add_get(f"{JOBS_PATH}/{{job_id}}", self._show)
        self._server = Server(app)

    def __enter__(self) -> Self:
        self._servers.run(self._server.start())
        return self

    def __exit__(self, *_: object) -> None:
        self._servers.run(self._server.stop())

    @property
    def url(self) -> str:
        """Its address, once it has started."""
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def spans_url(self) -> str:
        """Where processes send their spans."""
        return f"{self.url}{SPANS_PATH}"

    def of_job(self, job_id: str) -> list[Span]:
        """Return all spans of the traces that have a span of this job, the first to begin first."""
        spans = tuple(self._spans)
        traces = {span.trace_id for span in spans if span.attributes.get(JOB_ID) == job_id}
        found = [span for span in spans if span.trace_id in traces]
        return sorted(found, key=lambda span: span.started)

    async def _take(self, request: web.Request) -> web.Response:
        try:
            sent = ExportTraceServiceRequest.FromString(await request.read())
        except DecodeError:
            return web.Response(status=400, text="no ExportTraceServiceRequest")
        self._spans.extend(_spans_in(sent))
        answer = ExportTraceServiceResponse().SerializeToString()
        return web.Response(body=answer, content_type="application/x-protobuf")

    async def _show(self, request: web.Request) -> web.Response:
        found = _SPANS.dump_json(self.of_job(request.match_info["job_id"]))
        return web.Response(body=found, content_type="application/json")


def _spans_in(sent: ExportTraceServiceRequest) -> Iterator[Span]:
    for of_process in sent.resource_spans:
        process = _texts(of_process.resource.attributes).get("service.name", "")
        for scope in of_process.scope_spans:
            yield from (_span(each, process) for each in scope.spans)


def _span(sent: SentSpan, process: str) -> Span:
    return Span(
        trace_id=sent.trace_id.hex(),
        span_id=sent.span_id.hex(),
        parent_id=sent.parent_span_id.hex(),
        process=process,
        name=sent.name,
        started=sent.start_time_unix_nano / 1e9,
        ended=sent.end_time_unix_nano / 1e9,
        failed=sent.status.code == Status.STATUS_CODE_ERROR,
        attributes=_texts(sent.attributes),
    )


def _texts(attributes: Iterable[KeyValue]) -> dict[str, str]:
    """Attributes as text, but for lists."""
    kinds = ((each, each.value.WhichOneof("value")) for each in attributes)
    return {
        each.key: str(getattr(each.value, kind))
        for each, kind in kinds
        if kind and kind != "array_value"
    }


def spans_of_job(url: str, job_id: str) -> list[Span]:
    """Ask the running platform for all spans of a job's traces.

    Raises:
        LocalError: it doesn't answer.
    """
    try:
        answer = httpx.get(f"{url}{JOBS_PATH}/{job_id}", timeout=REQUEST_SECONDS)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise LocalError(f"No traces at {url}. Is the platform up? ./gas status") from error
    return _SPANS.validate_json(answer.content)
