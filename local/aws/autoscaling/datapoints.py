"""Writes datapoints to the emulator's CloudWatch, and reads them back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, Self

from local.aws.account import Account
from local.aws.autoscaling.clock import MINUTE_S, Clock
from scaling.rules import Metric
from scaling.series import Samples, StatisticSet

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import MetricDatumTypeDef

Dimensions = Mapping[str, str]


@dataclass(frozen=True)
class Datum:
    """The samples that a service reports for a minute."""

    namespace: str
    name: str
    dimensions: Dimensions
    samples: Sequence[float]
    unit: Literal["Count", "Seconds"] = "Count"

    @classmethod
    def of(
        cls,
        metric: Metric,
        dimensions: Dimensions,
        samples: Sequence[float],
        unit: Literal["Count", "Seconds"] = "Count",
    ) -> Self:
        """Return the samples of a metric that rules use."""
        return cls(metric.namespace, metric.name, dimensions, samples, unit)

    def described(self, at: datetime) -> "MetricDatumTypeDef":
        """Return it in the form of PutMetricData."""
        return {
            "MetricName": self.name,
            "Dimensions": [{"Name": key, "Value": value} for key, value in self.dimensions.items()],
            "Timestamp": at,
            "StatisticValues": {
                "SampleCount": len(self.samples),
                "Sum": sum(self.samples),
                "Minimum": min(self.samples),
                "Maximum": max(self.samples),
            },
            "Unit": self.unit,
        }


def publish(account: Account, clock: Clock, minute: int, data: Sequence[Datum]) -> None:
    """Report a minute to CloudWatch, at its start. Data without samples are left out."""
    at = datetime.fromtimestamp(clock.wall_start(minute), UTC)
    client = account.client("cloudwatch")
    for namespace in sorted({datum.namespace for datum in data}):
        found = [d.described(at) for d in data if d.namespace == namespace and d.samples]
        if found:
            client.put_metric_data(Namespace=namespace, MetricData=found)


def read(
    account: Account,
    clock: Clock,
    metric: Metric,
    dimensions: Dimensions,
    *,
    end_minute: int,
    minutes: int,
) -> Samples:
    """Return a metric's statistics for the `minutes` before `end_minute`.

    The keys are the starts of the minutes in the alarms' time.
    """
    points = account.client("cloudwatch").get_metric_statistics(
        Namespace=metric.namespace,
        MetricName=metric.name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=datetime.fromtimestamp(clock.wall_start(end_minute - minutes), UTC),
        EndTime=datetime.fromtimestamp(clock.wall_start(end_minute), UTC),
        Period=clock.minute_seconds,
        Statistics=["SampleCount", "Sum", "Minimum", "Maximum"],
    )["Datapoints"]
    return {
        clock.minute_at(point["Timestamp"].timestamp()) * MINUTE_S: StatisticSet(
            total=point["Sum"],
            count=point["SampleCount"],
            minimum=point["Minimum"],
            maximum=point["Maximum"],
        )
        for point in points
    }
