"""Rules as the AWS API describes them, back into the types that are evaluated here."""

from collections.abc import Mapping
from typing import Any

from scaling.rules import (
    AdjustmentType,
    Alarm,
    Comparison,
    Metric,
    MissingData,
    Statistic,
    StepPolicy,
)
from scaling.steps import Step


def alarm_of(described: Mapping[str, Any]) -> Alarm:
    """Return the alarm that CloudWatch's DescribeAlarms describes as a metric alarm.

    Raises KeyError or ValueError for one that isn't on a single metric and a fixed statistic.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html
    """
    periods = int(described["EvaluationPeriods"])
    return Alarm(
        name=described["AlarmName"],
        metric=Metric(
            namespace=described["Namespace"],
            name=described["MetricName"],
            statistic=Statistic(described["Statistic"]),
            dimensions=tuple(one["Name"] for one in described.get("Dimensions", ())),
        ),
        period_s=int(described["Period"]),
        comparison=Comparison(described["ComparisonOperator"]),
        threshold=float(described["Threshold"]),
        evaluation_periods=periods,
        datapoints_to_alarm=int(described.get("DatapointsToAlarm") or periods),
        missing_data=MissingData(described.get("TreatMissingData") or MissingData.MISSING),
    )


def step_policy_of(
    described: Mapping[str, Any], alarm: Alarm, *, default_warmup_s: int = 0
) -> StepPolicy:
    """Return the step policy that Auto Scaling's DescribePolicies describes.

    `default_warmup_s` is the group's, which holds where the policy has none. Raises KeyError or
    ValueError (BadSteps) for what isn't a step policy.
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_ScalingPolicy.html
    """
    if described["PolicyType"] != "StepScaling":
        raise ValueError(f"{described['PolicyName']} is not a step policy")
    warmup = described.get("EstimatedInstanceWarmup")
    return StepPolicy(
        alarm=alarm,
        adjustment_type=AdjustmentType(described["AdjustmentType"]),
        steps=tuple(_step(one) for one in described["StepAdjustments"]),
        min_adjustment=int(described.get("MinAdjustmentMagnitude") or 0),
        warmup_s=default_warmup_s if warmup is None else int(warmup),
    )


def _step(described: Mapping[str, Any]) -> Step:
    return Step(
        lower=described.get("MetricIntervalLowerBound"),
        upper=described.get("MetricIntervalUpperBound"),
        adjustment=int(described["ScalingAdjustment"]),
    )
