"""Custom metrics: log lines in CloudWatch's embedded metric format, so that nothing polls.

A line goes out with the structured logs, whose other fields (`process`, `job_id`) stay beside the
metric for whoever looks at the log.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import time
from dataclasses import dataclass
from enum import StrEnum

from runtime.common.log import get_logger
from runtime.contract.cloudwatch import CustomMetric, namespace

log = get_logger(__name__)


class Unit(StrEnum):
    """Units of CloudWatch, as far as they're used here."""

    COUNT = "Count"
    SECONDS = "Seconds"


@dataclass(frozen=True)
class Metric:
    """One measurement of a custom metric."""

    of: CustomMetric
    value: float = 1
    unit: Unit = Unit.COUNT


class _Namespace:
    """Whose metrics a process's are; `start` sets it, before that there is nobody to read them."""

    name = "GAS"


def configure(stage: str) -> None:
    """Put this process's metrics into the namespace of its stage."""
    _Namespace.name = namespace(stage)


def emit(*metrics: Metric, **dimensions: str) -> None:
    """Write one line that holds `metrics`, counted by `dimensions`."""
    directive = {
        "Namespace": _Namespace.name,
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": metric.of.name, "Unit": metric.unit.value} for metric in metrics],
    }
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    values = {metric.of.name: metric.value for metric in metrics}
    log.info("metrics", _aws=about, **dimensions, **values)
