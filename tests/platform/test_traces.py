"""A job is one trace, from the request that submits it to the email; the platform keeps traces."""

import io
from pathlib import Path

from rich.console import Console

from local.aws.xray import XRay, spans_of_job
from local.commands.trace import show_job
from tests.cloud import DeployedCloud
from tests.platform.conftest import Person
from tests.waiting import wait_until

STEPS = {
    ("gas-local-web", "POST /jobs"),
    ("gas-local-web", "send JobRequest"),
    ("gas-local-annotator", "handle JobRequest"),
    *(
        ("gas-local-annotator", stage)
        for stage in ("download", "check", "annotate", "index", "report", "upload")
    ),
    ("gas-local-annotator", "send JobResult"),
    ("gas-local-notify", "handle JobResult"),
}


def test_should_be_one_trace_without_data_of_its_owner_when_a_job_is_done(
    person: Person, sample: Path, cloud: DeployedCloud
) -> None:
    job = person.annotate(sample)
    xray = cloud.platform.xray
    assert isinstance(xray, XRay)

    def is_whole() -> bool:
        return {(span.process, span.name) for span in xray.of_job(job.job_id)} >= STEPS

    wait_until(is_whole, "each process has sent its spans")
    spans = spans_of_job(xray.url, job.job_id)

    [submitted] = [span for span in spans if span.name == "POST /jobs"]
    trace = [span for span in spans if span.trace_id == submitted.trace_id]
    assert {(span.process, span.name) for span in trace} >= STEPS
    assert {span.attributes["gas.job_id"] for span in trace} == {job.job_id}
    [root] = [span for span in trace if not span.parent_id]
    assert root == submitted
    assert {span.parent_id for span in trace if span.parent_id} <= {each.span_id for each in trace}
    told = str(spans)
    for secret in (person.email, person.user_id, sample.name, sample.stem):
        assert secret not in told
    output = io.StringIO()
    show_job(spans, job.job_id, Console(file=output, width=150))
    assert f"Trace {submitted.trace_id}" in output.getvalue()
