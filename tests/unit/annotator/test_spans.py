"""The spans of a job's stages."""

from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from runtime.common import tracing
from runtime.common.delivery import Delivery
from tests.unit.annotator.world import REQUEST, World

STAGES = ["download", "check", "annotate", "index", "report", "upload", "send JobResult"]


def test_should_be_parts_of_handling_the_request_when_a_job_goes_through_its_stages(
    world: World, delivery: Delivery, ended_spans: InMemorySpanExporter
) -> None:
    world.submit()
    with tracing.handling(REQUEST, {"MessageId": "1"}):
        world.handler(REQUEST, delivery)

    *stages, handled = ended_spans.get_finished_spans()
    assert [span.name for span in stages] == STAGES
    assert all(span.parent == handled.context for span in stages)
    assert {dict(span.attributes or {})["gas.job_id"] for span in (*stages, handled)} == {"job-1"}
    told = "".join(span.to_json() for span in (*stages, handled))
    assert "x.vcf" not in told
    assert '"ada"' not in told
