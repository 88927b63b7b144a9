"""The traces of a job as `./gas trace` prints them."""

import io

import pytest
from rich.console import Console

from local.aws.xray import Span
from local.commands.trace import job_id_in, show_job, traces_url
from local.errors import LocalError
from local.host.run_state import ProcessRecord, Run


def span(name: str, *, process: str, parent: str = "", trace: str = "t", **more: str) -> Span:
    began = {"POST /jobs": 0.0, "send JobRequest": 0.01}.get(name, 1.0)
    return Span(
        trace_id=trace,
        span_id=name,
        parent_id=parent,
        process=f"gas-local-{process}",
        name=name,
        started=1_000 + began,
        ended=1_000 + began + 0.5,
        failed="error.type" in more,
        attributes={name.replace("_", "."): value for name, value in more.items()},
    )


SPANS = [
    span("download", process="annotator", parent="handle JobRequest", error_type="ClientError"),
    span("handle JobRequest", process="annotator", parent="send JobRequest"),
    span("send JobRequest", process="web", parent="POST /jobs"),
    span("POST /jobs", process="web"),
    span("GET /jobs/<uuid:job_id>", process="web", trace="u"),
    span("GET /jobs/<uuid:job_id>", process="web", trace="v"),
]


def printed(spans: list[Span]) -> list[str]:
    output = io.StringIO()
    show_job(spans, "j", Console(file=output, width=120))
    return [" ".join(line.split()) for line in output.getvalue().splitlines() if line.strip()]


def test_should_print_each_step_below_the_one_that_it_is_part_of() -> None:
    assert printed(SPANS) == [
        "Trace t, 1.500 s",
        "Began Took Process Step",
        "0.000 s 0.500 s web POST /jobs",
        "0.010 s 0.500 s web send JobRequest",
        "1.000 s 0.500 s annotator handle JobRequest",
        "1.000 s 0.500 s annotator download ClientError",
        "Requests for its pages, a trace each:",
        "2 GET /jobs/<uuid:job_id>",
    ]


def test_should_print_a_step_when_the_one_that_it_is_part_of_has_not_ended() -> None:
    assert "1.000 s 0.500 s annotator handle JobRequest" not in printed(SPANS[:1] + SPANS[3:])
    assert "1.000 s 0.500 s annotator download ClientError" in printed(SPANS[:1] + SPANS[3:])


def test_should_say_so_when_there_is_no_trace_of_the_job() -> None:
    with pytest.raises(LocalError, match="No trace of job j"):
        printed([])


@pytest.mark.parametrize(
    "text", ["ab-1", "http://127.0.0.1:8000/jobs/ab-1", "http://127.0.0.1:8000/jobs/ab-1/"]
)
def test_should_find_the_job_when_its_id_or_page_is_named(text: str) -> None:
    assert job_id_in(text) == "ab-1"


def test_should_refuse_when_no_job_is_named() -> None:
    with pytest.raises(LocalError, match="the address of its page"):
        job_id_in("http://127.0.0.1:8000/upload?x")


def test_should_say_how_to_start_when_the_platform_keeps_no_traces() -> None:
    run = Run(up=ProcessRecord(pid=1, start_time=0), site_url="http://x", endpoint_url="http://y")
    with pytest.raises(LocalError, match=r"\./gas up --traces"):
        traces_url(run)
