"""Traces: a span for each request, for each message, and for each stage of a job.

Where the stage has no traces, these functions do nothing, and OpenTelemetry isn't even imported.

A span holds what these functions are given, and they take no free text: names of routes, messages
and stages, ids, and the classes of errors. Never an address, a file name, a note or a query string.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from runtime.contract.processes import ProcessConfig

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from runtime.common.messages import Message
    from runtime.common.spans import Spans

TRACEPARENT = "traceparent"
"""The message attribute that carries a trace from one process to the next. Topics hand it on to
their queues, because they deliver raw. https://www.w3.org/TR/trace-context/#traceparent-header"""


class _Tracing:
    """This process's spans; None without traces."""

    spans: "Spans | None" = None


def start(config: ProcessConfig) -> None:
    """Begin to make spans, if the stage has traces. Each process that makes any calls this once."""
    if config.traces_url is None:
        return
    from runtime.common.spans import Spans, exported_to  # noqa: PLC0415 - 0.3 s and 8 MB

    use(
        Spans(
            service=f"gas-{config.stage}-{config.process}",
            ratio=config.traces_ratio,
            processor=exported_to(config.traces_url),
        )
    )


def use(spans: "Spans | None") -> None:
    """Make spans with `spans` from now on; with None no more."""
    _Tracing.spans = spans


def on() -> bool:
    """Whether this process makes spans."""
    return _Tracing.spans is not None


def request(method: str, route: str) -> AbstractContextManager[None]:
    """Return a span of a web request; it begins a trace.

    Args:
        route: the rule, such as /jobs/<uuid:job_id>; empty for an address that there isn't.
    """
    return _Tracing.spans.request(method, route) if _Tracing.spans else nullcontext()


def answered(status: int) -> None:
    """Note the status of the current request's response."""
    if _Tracing.spans:
        _Tracing.spans.answered(status)


def about_job(job_id: str) -> None:
    """Note which job the current request is about."""
    if _Tracing.spans:
        _Tracing.spans.about_job(job_id)


def span(name: str) -> AbstractContextManager[None]:
    """Return a span of a part of the work, such as the download of a job's input."""
    return _Tracing.spans.part(name) if _Tracing.spans else nullcontext()


def sending(*messages: "Message") -> AbstractContextManager[Mapping[str, Any]]:
    """Return a span in which messages of a class are sent, in one call.

    It yields the argument by which SNS and SQS take message attributes, for each of the messages;
    nothing without traces.
    """
    return _Tracing.spans.sending(messages) if _Tracing.spans else nullcontext({})


def wanted_attributes() -> Mapping[str, Any]:
    """Return the argument by which SQS gives a message's trace along; nothing without traces."""
    return {"MessageAttributeNames": [TRACEPARENT]} if _Tracing.spans else {}


def handling(message: object, received: "MessageTypeDef") -> AbstractContextManager[None]:
    """Return a span in which a message is handled; its parent is the span that sent the message.

    A message without a trace, or with one that can't be read, begins a trace.
    """
    return _Tracing.spans.handling(message, received) if _Tracing.spans else nullcontext()
