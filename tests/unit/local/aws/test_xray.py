"""Spans in by OTLP, from the exporter that the processes use; those of a job out."""

import multiprocessing
from collections.abc import Iterator

import httpx
import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from local.aws.xray import XRay, spans_of_job
from local.errors import LocalError
from local.host.http_server import LoopThread
from runtime.common import tracing
from runtime.common.log import bound
from runtime.common.spans import Spans, exported_to
from tests.emulator import free_port


@pytest.fixture
def xray(servers: LoopThread) -> Iterator[XRay]:
    with XRay(servers) as running:
        yield running
    tracing.use(None)


def make_spans_of(job_id: str, xray: XRay) -> None:
    processor = SimpleSpanProcessor(OTLPSpanExporter(endpoint=xray.spans_url))
    tracing.use(Spans(service="gas-local-web", ratio=1, processor=processor))
    with tracing.request("POST", "/jobs"):
        tracing.about_job(job_id)
        with tracing.span("look"):
            tracing.answered(500)


def test_should_give_whole_traces_when_some_of_their_spans_are_about_the_job(xray: XRay) -> None:
    make_spans_of("one", xray)
    make_spans_of("two", xray)

    root, part = spans_of_job(xray.url, "one")
    assert (root.process, root.name, root.parent_id) == ("gas-local-web", "POST /jobs", "")
    assert (part.name, part.parent_id) == ("look", root.span_id)
    assert root.started <= part.started <= part.ended <= root.ended
    assert root.attributes["gas.job_id"] == "one"
    assert part.failed
    assert not root.failed


def test_should_refuse_what_is_no_batch_of_spans(xray: XRay) -> None:
    answer = httpx.post(xray.spans_url, content=b"\xff" * 9, timeout=30)
    assert answer.status_code == 400
    assert spans_of_job(xray.url, "one") == []


def test_should_say_what_to_do_when_nobody_answers() -> None:
    with pytest.raises(LocalError, match=r"\./gas status"):
        spans_of_job(f"http://127.0.0.1:{free_port()}", "one")


def work(url: str) -> None:
    tracing.use(Spans(service="gas-local-web", ratio=1, processor=exported_to(url)))
    with bound(job_id="forked"), tracing.span("work"):
        pass


def test_should_send_what_is_left_when_a_forked_worker_ends(xray: XRay) -> None:
    """As the web server's workers are made and end: Python 3.11 runs no atexit in them."""
    process = multiprocessing.get_context("fork").Process(target=work, args=[xray.spans_url])
    process.start()
    process.join()
    assert process.exitcode == 0
    assert [span.name for span in xray.of_job("forked")] == ["work"]
