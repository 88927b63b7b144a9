"""Reads metrics from CloudWatch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import DimensionTypeDef, MetricDataQueryTypeDef

MOST_QUERIES = 500
"""Of one call. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html"""


@dataclass(frozen=True)
class Metric:
    """A metric, with a statistic of it such as Average or p95."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str


Points = list[tuple[int, float]]
"""Beginnings of periods in epoch seconds, with the value of each, the oldest first."""


@dataclass(frozen=True)
class Window:
    """A time in epoch seconds, and the length of a point in it: a multiple of 60 seconds."""

    start: int
    end: int
    period: int

    @classmethod
    def of_last(cls, seconds: int, *, now: float, period: int = 60) -> "Window":
        """Return the last `seconds`, which end with the period that is running."""
        end = (int(now) // period + 1) * period
        return cls(end - seconds, end, period)


def read_metrics(
    cloudwatch: "CloudWatchClient", metrics: Sequence[Metric], window: Window
) -> list[Points]:
    """Return the points of each metric, in the order of `metrics`. Each is paid for.

    Raises:
        ValueError: there are more than MOST_QUERIES.
        botocore.exceptions.ClientError, BotoCoreError: CloudWatch refused or didn't answer.
    """
    if len(metrics) > MOST_QUERIES:
        raise ValueError(f"{len(metrics)} metrics are more than {MOST_QUERIES}")
    found: dict[str, Points] = {f"m{number}": [] for number in range(len(metrics))}
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=[
            _query(name, each, window) for name, each in zip(found, metrics, strict=True)
        ],
        StartTime=datetime.fromtimestamp(window.start, UTC),
        EndTime=datetime.fromtimestamp(window.end, UTC),
        ScanBy="TimestampAscending",
    )
    for page in pages:
        for result in page["MetricDataResults"]:
            found[result["Id"]] += _points(result["Timestamps"], result["Values"])
    return list(found.values())


def _query(name: str, metric: Metric, window: Window) -> "MetricDataQueryTypeDef":
    dimensions: list[DimensionTypeDef] = [
        {"Name": key, "Value": value} for key, value in metric.dimensions.items()
    ]
    return {
        "Id": name,
        "MetricStat": {
            "Metric": {
                "Namespace": metric.namespace,
                "MetricName": metric.name,
                "Dimensions": dimensions,
            },
            "Period": window.period,
            "Stat": metric.statistic,
        },
    }


def _points(times: Iterable[datetime], values: Iterable[float]) -> Points:
    return [(int(time.timestamp()), value) for time, value in zip(times, values, strict=True)]
