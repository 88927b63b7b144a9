"""Metrics as CloudWatch keeps them: statistic sets by minute, aggregated into datapoints."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scaling.metric_math import calculate
from scaling.rules import Metric, MetricMath, Statistic

RESOLUTION_S = 60
"""AWS publishes its services' metrics once a minute."""


@dataclass(frozen=True, kw_only=True)
class StatisticSet:
    """What CloudWatch keeps of the samples of a minute.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_StatisticSet.html
    """

    total: float
    count: float
    minimum: float
    maximum: float

    @classmethod
    def of(cls, value: float) -> "StatisticSet":
        """Return the set of a single sample."""
        return cls(total=value, count=1, minimum=value, maximum=value)

    def value(self, statistic: Statistic) -> float:
        match statistic:
            case Statistic.SUM:
                return self.total
            case Statistic.AVERAGE:
                return self.total / self.count
            case Statistic.MINIMUM:
                return self.minimum
            case Statistic.MAXIMUM:
                return self.maximum
            case Statistic.SAMPLE_COUNT:
                return self.count


Samples = Mapping[int, StatisticSet]
"""Statistic sets by the second at which their minute begins."""


def merge(sets: Iterable[StatisticSet]) -> StatisticSet | None:
    """Return the set of all samples together, or None when there are none."""
    found = list(sets)
    if len(found) < 2:
        return found[0] if found else None
    return StatisticSet(
        total=sum(one.total for one in found),
        count=sum(one.count for one in found),
        minimum=min(one.minimum for one in found),
        maximum=max(one.maximum for one in found),
    )


def datapoint(
    metric: Metric | MetricMath,
    samples: Mapping[str, Samples],
    *,
    end_s: int,
    period_s: int,
) -> float | None:
    """Return the metric's value over the period that ends at `end_s`; None when it's missing.

    `samples` holds each metric's sets by its name. A math expression is missing when one of its
    metrics is, or when it divides by zero.
    """
    if isinstance(metric, MetricMath):
        values = {
            key: datapoint(part, samples, end_s=end_s, period_s=period_s)
            for key, part in metric.metrics
        }
        return calculate(metric.expression, values)
    series = samples.get(metric.name, {})
    starts = range(end_s - period_s, end_s, RESOLUTION_S)
    merged = merge(series[start] for start in starts if start in series)
    return None if merged is None else merged.value(metric.statistic)


def datapoints(
    metric: Metric | MetricMath,
    samples: Mapping[str, Samples],
    *,
    now_s: int,
    period_s: int,
    number: int,
) -> list[float | None]:
    """Return the last `number` datapoints, oldest first; the newest ends at `now_s`.

    Periods longer than a minute slide with each evaluation: at the end of minute 6 a period of
    5 minutes is minutes 2 to 6.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
    """
    return [
        datapoint(
            metric,
            samples,
            end_s=now_s - back * period_s,
            period_s=period_s,
        )
        for back in reversed(range(number))
    ]
