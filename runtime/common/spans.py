"""Spans, by OpenTelemetry. `runtime.common.tracing` imports this where the stage has traces."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING, Any

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio
from opentelemetry.trace import SpanKind, StatusCode, format_trace_id
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

from runtime.common.delivery import HandBack
from runtime.common.log import bound
from runtime.common.tracing import TRACEPARENT

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from runtime.common.messages import Message

JOB_ID = "gas.job_id"

INDEXED = {"aws.xray.annotations": [JOB_ID]}
"""By these attributes X-Ray finds traces.
https://docs.aws.amazon.com/xray/latest/devguide/xray-sdk-migration.html"""

SEND_EVERY_MILLISECONDS = 1_000
SEND_SECONDS = 2.0
"""How long spans are offered to whoever takes them, with every attempt; after it they are lost."""

WARN_SECONDS = 60.0
"""Between two lines of the log that say that nobody takes spans."""

METHODS = frozenset(
    {"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"}
)
"""A client may send any word as a method.
https://opentelemetry.io/docs/specs/semconv/http/http-spans/"""

_PROPAGATOR = TraceContextTextMapPropagator()


def exported_to(url: str) -> SpanProcessor:
    """Return what sends spans to `url` in a thread of its own.

    Nobody waits for it: where nobody takes the spans, or too slowly, they are lost. What is left at
    the end of the process is sent then, for at most 2 * SEND_SECONDS.
    """
    logging.getLogger(OTLPSpanExporter.__module__).addFilter(NowAndThen(WARN_SECONDS))
    exporter = OTLPSpanExporter(endpoint=url, timeout=SEND_SECONDS)
    processor = BatchSpanProcessor(
        exporter,
        # One batch is under way, and one is left.
        max_queue_size=2_048,
        max_export_batch_size=2_048,
        schedule_delay_millis=SEND_EVERY_MILLISECONDS,
    )
    # Not by atexit, which Python before 3.14 doesn't run in the web server's forked workers.
    Finalize(None, processor.shutdown, exitpriority=0)
    return processor


class NowAndThen(logging.Filter):
    """Lets a logger's line through when the last one is so many seconds ago."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds
        self._next = 0.0

    def filter(self, _record: logging.LogRecord) -> bool:
        """Return whether the line is logged."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + self._seconds
        return True


class Spans:
    """Makes the spans of one process.

    Args:
        service: the name of the process, under which spans are shown.
        ratio: the share of the traces that begin here and are recorded, 0 to 1. Whether one that
            began elsewhere is recorded was decided there.
        processor: takes the spans that have ended.
    """

    def __init__(self, *, service: str, ratio: float, processor: SpanProcessor) -> None:
        provider = TracerProvider(
            sampler=ParentBasedTraceIdRatio(ratio),
            resource=Resource.create({"service.name": service}),
            shutdown_on_exit=False,
        )
        provider.add_span_processor(processor)
        self._tracer = provider.get_tracer("gas")

    def request(self, method: str, route: str) -> AbstractContextManager[None]:
        """See `tracing.request`. No header of the client's decides about the trace."""
        method = method if method in METHODS else "_OTHER"
        about = {"http.request.method": method} | ({"http.route": route} if route else {})
        name = f"{method} {route}".strip()
        return self._span(name, SpanKind.SERVER, about, parent=Context())

    def answered(self, status: int) -> None:
        """See `tracing.answered`."""
        span = trace.get_current_span()
        span.set_attribute("http.response.status_code", status)
        if status >= 500:
            span.set_status(StatusCode.ERROR)

    def about_job(self, job_id: str) -> None:
        """See `tracing.about_job`."""
        trace.get_current_span().set_attributes(_of_job(job_id))

    def part(self, name: str) -> AbstractContextManager[None]:
        """See `tracing.span`."""
        return self._span(name, SpanKind.INTERNAL, _of_job(_logged_job()))

    @contextmanager
    def sending(self, messages: "Sequence[Message]") -> Iterator[Mapping[str, Any]]:
        """See `tracing.sending`."""
        kind, jobs = type(messages[0]).__name__, {_job_of(message) for message in messages}
        about = {"messaging.batch.message_count": len(messages), **_of_job(*jobs)}
        with self._span(f"send {kind}", SpanKind.PRODUCER, about):
            carrier: dict[str, str] = {}
            _PROPAGATOR.inject(carrier)
            value = {"DataType": "String", "StringValue": carrier[TRACEPARENT]}
            yield {"MessageAttributes": {TRACEPARENT: value}}

    def handling(self, message: object, received: "MessageTypeDef") -> AbstractContextManager[None]:
        """See `tracing.handling`."""
        attribute = received.get("MessageAttributes", {}).get(TRACEPARENT)
        carrier = {TRACEPARENT: attribute.get("StringValue", "") if attribute else ""}
        about = {"messaging.message.id": received["MessageId"], **_of_job(_job_of(message))}
        name = f"handle {type(message).__name__}"
        parent = _PROPAGATOR.extract(carrier, context=Context())
        return self._span(name, SpanKind.CONSUMER, about, parent=parent)

    @contextmanager
    def _span(
        self,
        name: str,
        kind: SpanKind,
        about: Mapping[str, AttributeValue],
        *,
        parent: Context | None = None,
    ) -> Iterator[None]:
        """Make a span around the body, whose log lines get the trace's id.

        Of an exception it notes the class alone: a text may name a file or an address.
        """
        starting = self._tracer.start_as_current_span(
            name,
            context=parent,
            kind=kind,
            attributes=about,
            record_exception=False,
            set_status_on_exception=False,
        )
        with (
            starting as span,
            bound(trace_id=format_trace_id(span.get_span_context().trace_id)),
        ):
            try:
                yield
            except HandBack:
                span.set_attribute("gas.handed_back", True)
                raise
            except Exception as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(StatusCode.ERROR)
                raise


def _job_of(message: object) -> str | None:
    """The id of the job that a message is about, if it is about one."""
    return getattr(message, "job_id", None)


def _logged_job() -> str | None:
    """The id of the job that log lines name at the moment."""
    return structlog.contextvars.get_contextvars().get("job_id")


def _of_job(*job_ids: str | None) -> dict[str, AttributeValue]:
    """The attributes of a span that is about one job; none if there is no job, or more than one."""
    [job_id] = job_ids if len(job_ids) == 1 else [None]
    return {JOB_ID: job_id, **INDEXED} if job_id else {}
