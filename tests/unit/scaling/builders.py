"""Short ways to make alarms, policies and groups for tests."""

from scaling.group_capacity import GroupCapacity
from scaling.rules import Alarm, Comparison, Metric, MissingData, Statistic

METRIC = Metric(namespace="Test", name="Load", statistic=Statistic.SUM, dimensions=())


def alarm(
    *,
    threshold: float = 50,
    comparison: Comparison = Comparison.GREATER_OR_EQUAL,
    periods: int = 1,
    datapoints: int | None = None,
    missing: MissingData = MissingData.MISSING,
    period_s: int = 60,
) -> Alarm:
    return Alarm(
        name="load",
        metric=METRIC,
        period_s=period_s,
        comparison=comparison,
        threshold=threshold,
        evaluation_periods=periods,
        datapoints_to_alarm=periods if datapoints is None else datapoints,
        missing_data=missing,
    )


def group(
    desired: int, *, warming: int = 0, terminating: int = 0, maximum: int = 100
) -> GroupCapacity:
    return GroupCapacity(
        minimum=1, maximum=maximum, desired=desired, warming=warming, terminating=terminating
    )
