"""Rules as the AWS API describes them, back into the types that are evaluated here."""

from collections.abc import Mapping
from typing import Any

from scaling.policies import REQUESTS_PER_TARGET
from scaling.rules import (
    AdjustmentType,
    Alarm,
    Comparison,
    Metric,
    MetricMath,
    MissingData,
    Statistic,
    StepPolicy,
    TargetTracking,
)
from scaling.step_adjustments import StepAdjustment

NAME_TAG = "rule"
"""Key of the tag with an alarm's name in its preset.

CloudFormation makes up the alarm's own name: one that is fixed in the template would get in the
way whenever the alarm has to be replaced.
"""


def alarm_of(described: Mapping[str, Any]) -> Alarm:
    """Return the alarm that CloudWatch's DescribeAlarms describes as a metric alarm.

    Raises KeyError or ValueError for one that isn't on a single metric and a fixed statistic.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html
    """
    periods = int(described["EvaluationPeriods"])
    return Alarm(
        name=described["AlarmName"],
        metric=_metric(described, described["Statistic"]),
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
    ValueError (InvalidSteps) for what isn't a step policy.
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


def tracking_policy_of(
    described: Mapping[str, Any], *, default_warmup_s: int = 0
) -> TargetTracking:
    """Return the target tracking policy that Auto Scaling's DescribePolicies describes.

    Raises KeyError or ValueError for what isn't one, or is on a predefined metric other than
    ALBRequestCountPerTarget.
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_TargetTrackingConfiguration.html
    """
    if described["PolicyType"] != "TargetTrackingScaling":
        raise ValueError(f"{described['PolicyName']} is not a target tracking policy")
    configuration = described["TargetTrackingConfiguration"]
    warmup = described.get("EstimatedInstanceWarmup")
    predefined = configuration.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType")
    if predefined not in (None, "ALBRequestCountPerTarget"):
        raise ValueError(f"{described['PolicyName']} is on {predefined}, which is not known here")
    return TargetTracking(
        name=described["PolicyName"],
        metric=REQUESTS_PER_TARGET
        if predefined
        else _tracked_metric(configuration["CustomizedMetricSpecification"]),
        target=float(configuration["TargetValue"]),
        predefined=predefined,
        scale_in=not configuration.get("DisableScaleIn", False),
        warmup_s=default_warmup_s if warmup is None else int(warmup),
    )


def dimensions_of(described: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the dimensions of each metric of a target tracking policy, by the metric's name."""
    configuration = described["TargetTrackingConfiguration"]
    if "PredefinedMetricSpecification" in configuration:
        label = configuration["PredefinedMetricSpecification"]["ResourceLabel"]
        # app/<name>/<id>/targetgroup/<name>/<id>; the laptop's emulator leaves `targetgroup` out.
        parts = label.split("/")
        dimensions = {
            "TargetGroup": "/".join(["targetgroup", *parts[-2:]]),
            "LoadBalancer": "/".join(parts[:3]),
        }
        return {REQUESTS_PER_TARGET.name: dimensions}
    return {
        metric["MetricName"]: {one["Name"]: one["Value"] for one in metric["Dimensions"]}
        for metric, _ in _parts(configuration["CustomizedMetricSpecification"])
    }


def _parts(specification: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], str]]:
    """Return the metrics of a customized specification, each with its statistic."""
    if "Metrics" not in specification:
        return [(specification, specification["Statistic"])]
    stats = [one["MetricStat"] for one in specification["Metrics"] if "MetricStat" in one]
    return [(stat["Metric"], stat["Stat"]) for stat in stats]


def _tracked_metric(specification: Mapping[str, Any]) -> Metric | MetricMath:
    metrics = [_metric(described, statistic) for described, statistic in _parts(specification)]
    if "Metrics" not in specification:
        return metrics[0]
    (result,) = [one for one in specification["Metrics"] if "Expression" in one]
    ids = [one["Id"] for one in specification["Metrics"] if "MetricStat" in one]
    return MetricMath(
        label=result.get("Label", result["Expression"]),
        expression=result["Expression"],
        metrics=tuple(zip(ids, metrics, strict=True)),
    )


def _metric(described: Mapping[str, Any], statistic: str) -> Metric:
    return Metric(
        namespace=described["Namespace"],
        name=described["MetricName"],
        statistic=Statistic(statistic),
        dimensions=tuple(one["Name"] for one in described.get("Dimensions", ())),
    )


def _step(described: Mapping[str, Any]) -> StepAdjustment:
    return StepAdjustment(
        lower=described.get("MetricIntervalLowerBound"),
        upper=described.get("MetricIntervalUpperBound"),
        adjustment=int(described["ScalingAdjustment"]),
    )
