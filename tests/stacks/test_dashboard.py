"""One dashboard a stage, with everything that people look for."""

import json
from typing import Any

import pytest

from runtime.contract.cloudwatch import CUSTOM_METRICS, JOB_FAILURES
from runtime.contract.job_status import JobStatus
from tests.stacks.synthesis import SPLIT, resources, text

TITLES = {
    *("Requests", "2XX", "5XX", "Latency", "Capacity", "Queue depth", "Age of the oldest message"),
    *("Dead letters", "Jobs by the state they came into", "Duration, submission to result"),
    *("Failures by reason", "Archive backlog: results whose retention runs, or is over"),
    *("Archived, and how late", "Restore backlog since the left edge"),
    *("Restore, request to result", "Stored", "Tables", "Through NAT gateways"),
}


def body(stage: str) -> dict[str, Any]:
    [dashboard] = resources(stage, "AWS::CloudWatch::Dashboard")
    found: dict[str, Any] = json.loads(text(dashboard.properties["DashboardBody"]))
    return found


def graphs(stage: str) -> dict[str, list[list[Any]]]:
    """Lines of every graph, by its title."""
    return {
        widget["properties"]["title"]: widget["properties"]["metrics"]
        for widget in body(stage)["widgets"]
        if widget["type"] == "metric"
    }


@pytest.mark.parametrize("stage", SPLIT)
def test_should_show_what_people_look_for_when_a_stage_is_deployed(stage: str) -> None:
    assert set(graphs(stage)) >= TITLES
    assert any(title.startswith("Instances at on-demand prices") for title in graphs(stage))


@pytest.mark.parametrize("stage", SPLIT)
def test_should_lie_beside_each_other_when_graphs_are_drawn(stage: str) -> None:
    taken: set[tuple[int, int]] = set()
    for widget in body(stage)["widgets"]:
        assert widget["x"] + widget["width"] <= 24
        cells = {
            (widget["x"] + x, widget["y"] + y)
            for x in range(widget["width"])
            for y in range(widget["height"])
        }
        assert not cells & taken, widget
        taken |= cells


@pytest.mark.parametrize("stage", SPLIT)
def test_should_show_every_queue_and_its_dead_letters_when_a_stage_has_them(stage: str) -> None:
    shown = {
        title: {line[3].strip("<>") for line in graphs(stage)[title]}
        for title in ("Queue depth", "Age of the oldest message", "Dead letters")
    }
    queues = {queue.logical_id[:-8] for queue in resources(stage, "AWS::SQS::Queue")}
    dead = {name for name in queues if name.endswith("Dlq")}
    assert shown == {
        "Queue depth": queues - dead,
        "Age of the oldest message": queues - dead,
        "Dead letters": dead,
    }


@pytest.mark.parametrize("stage", SPLIT)
def test_should_show_each_percentile_when_something_takes_time(stage: str) -> None:
    for title in ("Latency", "Duration, submission to result", "Restore, request to result"):
        assert [line[-1]["stat"] for line in graphs(stage)[title]] == ["p50", "p95"]


def custom_metrics(stage: str) -> dict[str, set[str]]:
    """Names of our own metrics on the dashboard and in alarms, with the dimensions they're by."""
    found: dict[str, set[str]] = {}
    for lines in graphs(stage).values():
        for line in lines:
            if line[0] == f"GAS/{stage}":
                found.setdefault(line[1], set()).update(line[2:-1:2])
    for alarm in resources(stage, "AWS::CloudWatch::Alarm"):
        if alarm.properties.get("Namespace") == f"GAS/{stage}":
            found.setdefault(alarm.properties["MetricName"], set())
    return found


@pytest.mark.parametrize("stage", SPLIT)
def test_should_show_exactly_what_processes_measure_when_a_metric_is_ours(stage: str) -> None:
    search = str(graphs(stage)["Failures by reason"])
    assert f"{{GAS/{stage},Reason}}" in search
    assert f'MetricName="{JOB_FAILURES.name}"' in search
    shown = custom_metrics(stage) | {JOB_FAILURES.name: {"Reason"}}
    assert shown == {
        metric.name: {metric.dimension} if metric.dimension else set() for metric in CUSTOM_METRICS
    }


@pytest.mark.parametrize("stage", SPLIT)
def test_should_show_every_state_when_jobs_are_counted(stage: str) -> None:
    lines = graphs(stage)["Jobs by the state they came into"]
    assert [line[3] for line in lines] == list(JobStatus)
