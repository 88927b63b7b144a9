"""Custom metrics are log lines that CloudWatch reads as metrics."""

import json
import subprocess
import sys
from typing import Any

PROCESS = """
import threading
from runtime.common import metrics
from runtime.common.log import bound, configure, get_logger
from runtime.common.metrics import Metric, Unit
from runtime.contract.cloudwatch import CustomMetric

configure("annotator")
metrics.configure("dev")
get_logger("before").info("a line\\nof two")
with bound(job_id="job-1"):
    waited = Metric(CustomMetric("Waited"), 2.5, Unit.SECONDS)
    metrics.emit(Metric(CustomMetric("Jobs")), waited, State="FAILED")
metrics.emit(Metric(CustomMetric("Restored")))
get_logger("after").info("another")
"""


def lines_of_process() -> list[dict[str, Any]]:
    """What a process writes on standard output, a JSON object a line."""
    command = [sys.executable, "-c", PROCESS]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_should_be_one_line_among_the_logs_when_a_metric_is_emitted() -> None:
    lines = lines_of_process()
    assert [line["message"] for line in lines] == [
        "a line\nof two",
        "metrics",
        "metrics",
        "another",
    ]
    assert ["_aws" in line for line in lines] == [False, True, True, False]


def test_should_follow_the_format_when_a_metric_is_emitted() -> None:
    line = lines_of_process()[1]
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive == {
        "Namespace": "GAS/dev",
        "Dimensions": [["State"]],
        "Metrics": [{"Name": "Jobs", "Unit": "Count"}, {"Name": "Waited", "Unit": "Seconds"}],
    }
    assert isinstance(line["_aws"]["Timestamp"], int), "milliseconds since the epoch"
    assert line["_aws"]["Timestamp"] > 1_700_000_000_000
    assert (line["Jobs"], line["Waited"], line["State"]) == (1, 2.5, "FAILED")


def test_should_keep_what_the_logs_know_beside_the_metric() -> None:
    _, line, without_job, _ = lines_of_process()
    assert (line["process"], line["job_id"]) == ("annotator", "job-1")
    assert without_job["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [[]]
