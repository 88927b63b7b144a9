"""Spans of messages and of parts of the work, through real topics and queues."""

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode, format_trace_id
from structlog.contextvars import get_contextvars

from runtime.common import tracing
from runtime.common.delivery import Delivery, HandBack
from runtime.common.log import bound
from runtime.common.messages import JobRequest
from runtime.common.queues import Queue as SendingQueue
from runtime.common.spans import Spans
from tests.emulator import Emulator, free_port
from tests.unit.common.working import BODY, run, stop
from tests.unit.queues import Queue, create_queue
from tests.unit.topics import create_topic

REQUEST = JobRequest(job_id="j")


def by_name(exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in exporter.get_finished_spans()}


def parent_of(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent else None


def handle(_message: JobRequest, _delivery: Delivery) -> None:
    stop()


def test_should_be_one_trace_when_a_message_goes_through_a_topic_and_its_queue(
    emulator: Emulator, ended_spans: InMemorySpanExporter
) -> None:
    readable = create_topic(emulator)
    with tracing.request("POST", "/jobs"):
        readable.topic.publish(REQUEST, of_user="ada")
    run(readable.queue, handle)

    spans = by_name(ended_spans)
    request, sent, handled = (
        spans[name] for name in ("POST /jobs", "send JobRequest", "handle JobRequest")
    )
    assert parent_of(request) is None
    assert parent_of(sent) == request.context.span_id
    assert parent_of(handled) == sent.context.span_id
    assert len({span.context.trace_id for span in spans.values()}) == 1
    assert {dict(span.attributes or {})["gas.job_id"] for span in (sent, handled)} == {"j"}


def test_should_go_on_in_the_same_trace_when_messages_are_sent_to_a_queue(
    emulator: Emulator, ended_spans: InMemorySpanExporter
) -> None:
    queue = create_queue(emulator)
    sending = SendingQueue(queue.sqs, queue.url)
    sending.send(REQUEST)
    sending.send_batch([(REQUEST, 0), (REQUEST, 0)])
    left = 3

    def count(_message: JobRequest, _delivery: Delivery) -> None:
        nonlocal left
        left -= 1
        if not left:
            stop()

    run(queue, count)

    spans = ended_spans.get_finished_spans()
    sent = {span.context.span_id for span in spans if span.name == "send JobRequest"}
    handled = [span for span in spans if span.name == "handle JobRequest"]
    assert len(sent) == 2
    assert len(handled) == 3
    assert {parent_of(span) for span in handled} == sent


BROKEN: dict[str, Mapping[str, Any]] = {
    "none": {},
    "garbage": {"traceparent": {"DataType": "String", "StringValue": "garbage"}},
    "zeros": {"traceparent": {"DataType": "String", "StringValue": f"00-{'0' * 32}-{'0' * 16}-01"}},
    "binary": {"traceparent": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}},
}


@pytest.mark.parametrize("attributes", BROKEN.values(), ids=BROKEN)
def test_should_be_handled_as_ever_when_the_trace_of_a_message_is_missing_or_broken(
    emulator: Emulator, ended_spans: InMemorySpanExporter, attributes: Mapping[str, Any]
) -> None:
    queue = create_queue(emulator)
    queue.sqs.send_message(QueueUrl=queue.url, MessageBody=BODY, MessageAttributes=attributes)
    run(queue, handle)

    assert queue.count() == 0
    [span] = ended_spans.get_finished_spans()
    assert (span.name, span.parent) == ("handle JobRequest", None)


def test_should_ask_for_no_attribute_and_send_none_when_there_are_no_traces(
    emulator: Emulator,
) -> None:
    queue = create_queue(emulator)
    asked: list[Mapping[str, Any]] = []
    for call in ("ReceiveMessage", "SendMessage", "SendMessageBatch"):
        queue.sqs.meta.events.register(
            f"provide-client-params.sqs.{call}", lambda params, **_: asked.append(params)
        )
    SendingQueue(queue.sqs, queue.url).send(REQUEST)
    SendingQueue(queue.sqs, queue.url).send_batch([(REQUEST, 0)])
    run(queue, lambda _message, _delivery: stop())

    assert len(asked) >= 3
    assert "MessageAttribute" not in str(asked)


def test_should_have_the_id_of_its_job_when_a_span_is_a_part_of_the_work(
    ended_spans: InMemorySpanExporter,
) -> None:
    with bound(job_id="j"), tracing.span("download"):
        pass
    [span] = ended_spans.get_finished_spans()
    attributes = dict(span.attributes or {})
    assert attributes == {"gas.job_id": "j", "aws.xray.annotations": ("gas.job_id",)}


def test_should_name_the_trace_in_log_lines_when_a_span_is_open(
    ended_spans: InMemorySpanExporter,
) -> None:
    with tracing.span("download"):
        logged = get_contextvars()["trace_id"]
    [span] = ended_spans.get_finished_spans()
    assert logged == format_trace_id(span.context.trace_id)
    assert "trace_id" not in get_contextvars()


def test_should_note_the_class_of_an_error_and_not_its_text_when_a_handler_fails(
    emulator: Emulator, ended_spans: InMemorySpanExporter
) -> None:
    queue = create_queue(emulator)
    queue.send(BODY)

    def fail(_message: JobRequest, _delivery: Delivery) -> None:
        stop()
        raise ValueError("ada@example.org has no file family.vcf")

    run(queue, fail)

    [span] = ended_spans.get_finished_spans()
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)
    assert dict(span.attributes or {})["error.type"] == "ValueError"
    assert span.events == ()
    assert "example.org" not in span.to_json()  # the name alone may be in a random id
    assert "family" not in span.to_json()


def test_should_be_no_error_when_a_message_is_handed_back(
    emulator: Emulator, ended_spans: InMemorySpanExporter
) -> None:
    queue = create_queue(emulator)
    queue.send(BODY)

    def hand_back(_message: JobRequest, _delivery: Delivery) -> None:
        stop()
        raise HandBack(0, "not now")

    run(queue, hand_back)

    [span] = ended_spans.get_finished_spans()
    assert span.status.status_code is StatusCode.UNSET
    assert dict(span.attributes or {})["gas.handed_back"] is True


def test_should_record_nothing_but_hand_the_trace_on_when_it_is_not_in_the_sample(
    emulator: Emulator,
) -> None:
    exporter, queue = InMemorySpanExporter(), create_queue(emulator)
    tracing.use(Spans(service="s", ratio=0, processor=SimpleSpanProcessor(exporter)))
    try:
        SendingQueue(queue.sqs, queue.url).send(REQUEST)
        sent = traceparent_in(queue)
    finally:
        tracing.use(None)
    sampled = int(sent.rpartition("-")[2], base=16) & 1
    assert not sampled
    assert exporter.get_finished_spans() == ()


def traceparent_in(queue: Queue) -> str:
    [message] = queue.sqs.receive_message(
        QueueUrl=queue.url, MessageAttributeNames=["traceparent"]
    )["Messages"]
    return message["MessageAttributes"]["traceparent"]["StringValue"]


IMPORTING = """
import sys
from importlib import import_module
from runtime.common.process import start
from runtime.contract.processes import CleanupConfig
for package in (
    *("web", "annotator", "notify", "janitor", "removal", "cleanup", "lifecycle", "webhooks"),
):
    import_module(f"runtime.{package}.__main__")
import runtime.retention.__main__, runtime.web.server, runtime.web.services.exports.maker
start(CleanupConfig)
print([name for name in sys.modules if name.startswith("opentelemetry")])
"""

CLEANUP = {
    "GAS_STAGE": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "GAS_ANNOTATIONS_TABLE": "annotations",
    "GAS_RESULTS_BUCKET": "results",
    "GAS_ARCHIVE_BUCKET": "archive",
    "GAS_RESULT_MOVES_TOPIC_ARN": "arn:aws:sns:us-east-1:000000000000:result-moves",
    "GAS_WEBHOOKS_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/1/webhooks",
    "GAS_WEBHOOKS_ANY_ADDRESS": "off",
    "GAS_EVENTS_BUS": "",
    "GAS_SURPLUS_COPIES_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/1/surplus-copies",
}


def test_should_import_nothing_of_opentelemetry_when_there_are_no_traces() -> None:
    assert printed_by(IMPORTING, CLEANUP).splitlines()[-1] == "[]"


WORKING = """
from runtime.common import tracing
from runtime.common.process import start
from runtime.contract.processes import CleanupConfig
start(CleanupConfig)
for _ in range(5_000):
    with tracing.span("work"):
        pass
print("done")
"""


def test_should_lose_spans_alone_and_say_so_once_when_nobody_takes_them() -> None:
    url = f"http://127.0.0.1:{free_port()}/v1/traces"
    printed = printed_by(WORKING, {**CLEANUP, "GAS_TRACES_URL": url}).splitlines()
    assert "done" in printed
    assert len([line for line in printed if "opentelemetry.exporter" in line]) == 1


def printed_by(code: str, environment: Mapping[str, str]) -> str:
    """What a process prints that ends with code 0."""
    process = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return process.stdout
