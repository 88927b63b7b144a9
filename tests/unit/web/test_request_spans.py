"""A span for each request: what it says, and what it must not."""

from pathlib import Path

import pytest
import structlog
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, format_trace_id
from structlog.testing import LogCapture
from structlog.typing import Processor

from runtime.web.extensions import request_log
from runtime.web.services.registry import Services
from tests.emulator import Emulator
from tests.unit.web.parts import create_parts
from tests.unit.web.site import Site, environment_of

FAMILY = "smith-family.vcf"
NOTE = "BRCA1 of the younger sister"
QUERY = "gene=BRCA1&cursor=ada@example.org"

MAY_SAY = {
    "http.request.method",
    "http.route",
    "http.response.status_code",
    "messaging.batch.message_count",
    "gas.job_id",
    "aws.xray.annotations",
}
"""Every attribute that web's spans have. None holds what a person has typed or uploaded."""


@pytest.fixture
def traced(
    emulator: Emulator, vendor: Path, files: Path, ended_spans: InMemorySpanExporter
) -> Site:
    """The web app of a stage with traces."""
    assert not ended_spans.get_finished_spans()
    with environment_of(emulator):
        return create_parts(emulator, files).connect(vendor)


def attributes(span: ReadableSpan) -> dict[str, object]:
    return dict(span.attributes or {})


def last(ended_spans: InMemorySpanExporter) -> ReadableSpan:
    return ended_spans.get_finished_spans()[-1]


def test_should_have_the_job_and_the_message_in_one_trace_when_a_job_is_submitted(
    traced: Site, ended_spans: InMemorySpanExporter
) -> None:
    browser = traced.browser(traced.user())
    token = browser.upload(FAMILY)
    job_id = browser.post_json("/jobs", {"token": token, "note": NOTE}).get_json()["job_id"]

    sent, request = ended_spans.get_finished_spans()[-2:]
    assert (sent.name, sent.kind) == ("send JobRequest", SpanKind.PRODUCER)
    assert (request.name, request.kind) == ("POST /jobs", SpanKind.SERVER)
    assert sent.parent == request.context
    assert attributes(request)["http.response.status_code"] == 201
    assert {attributes(span)["gas.job_id"] for span in (sent, request)} == {job_id}


def test_should_say_nothing_of_people_and_files_when_requests_do(
    traced: Site, ended_spans: InMemorySpanExporter
) -> None:
    user = traced.user()
    browser = traced.browser(user)
    browser.post_json("/jobs", {"token": browser.upload(FAMILY), "note": NOTE})
    browser.get("/confirm/secret-token-of-a-mail")
    browser.get(f"/no-such-page/{FAMILY}?{QUERY}")
    browser.get(f"/jobs?{QUERY}")

    spans = ended_spans.get_finished_spans()
    assert {name for span in spans for name in attributes(span)} <= MAY_SAY
    told = "".join(span.to_json() for span in spans)
    for secret in (user.email, user.user_id, "smith", "sister", "BRCA1", "secret-token"):
        assert secret not in told


def test_should_be_named_by_the_rule_and_know_the_job_when_a_page_of_a_job_is_asked_for(
    traced: Site, ended_spans: InMemorySpanExporter
) -> None:
    user = traced.user()
    job = traced.job(user)
    traced.browser(user).get(f"/jobs/{job.job_id}")

    span = last(ended_spans)
    assert span.name == "GET /jobs/<uuid:job_id>"
    assert attributes(span)["gas.job_id"] == job.job_id


def test_should_have_no_route_when_there_is_no_such_page(
    traced: Site, ended_spans: InMemorySpanExporter
) -> None:
    traced.visitor().get("/wp-login.php")
    span = last(ended_spans)
    assert (span.name, attributes(span)["http.response.status_code"]) == ("GET", 404)


def test_should_hide_the_method_when_it_is_none_that_there_is(
    traced: Site, ended_spans: InMemorySpanExporter
) -> None:
    traced.visitor().client.open("/jobs", method="ADA")
    assert attributes(last(ended_spans))["http.request.method"] == "_OTHER"


@pytest.mark.parametrize("path", ["/alive", "/health"])
def test_should_make_no_span_when_a_probe_asks(
    traced: Site, ended_spans: InMemorySpanExporter, path: str
) -> None:
    traced.visitor().get(path)
    assert ended_spans.get_finished_spans() == ()


def test_should_begin_a_trace_of_its_own_when_a_client_names_one(
    traced: Site, ended_spans: InMemorySpanExporter
) -> None:
    theirs = "0af7651916cd43dd8448eb211c80319c"
    headers = {"traceparent": f"00-{theirs}-b7ad6b7169203331-00"}
    traced.visitor().client.get("/sign-in", headers=headers)
    span = last(ended_spans)
    assert span.parent is None
    assert format_trace_id(span.context.trace_id) != theirs


def test_should_be_an_error_when_the_site_fails(
    traced: Site, ended_spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("ada@example.org")

    user = traced.user()
    job, browser = traced.job(user), traced.browser(user)
    monkeypatch.setattr(Services, "reference_of", fail)
    traced.app.config["PROPAGATE_EXCEPTIONS"] = False
    assert browser.get(f"/jobs/{job.job_id}").status_code == 500
    span = last(ended_spans)
    assert span.status.status_code is StatusCode.ERROR
    assert "ada" not in span.to_json()


def test_should_log_the_trace_of_each_request_when_there_are_traces(
    traced: Site, ended_spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture = LogCapture()
    processors: list[Processor] = [structlog.contextvars.merge_contextvars, capture]
    monkeypatch.setattr(request_log, "_log", structlog.wrap_logger(None, processors=processors))
    traced.visitor().get("/sign-in")
    [line] = capture.entries
    assert line["trace_id"] == format_trace_id(last(ended_spans).context.trace_id)
