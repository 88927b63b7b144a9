"""Renders the alarms and policies of a fleet's preset (`scaling.policies`)."""

import re
from collections.abc import Mapping
from typing import cast

from aws_cdk import Duration, Tags
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from constructs import Construct

from scaling import rules
from scaling.deployed import NAME_TAG
from scaling.policies import IN_SERVICE, LIMITS
from stacks.ops_alarm import RUNBOOK

ADJUSTMENT_TYPES = {
    rules.AdjustmentType.CHANGE: autoscaling.AdjustmentType.CHANGE_IN_CAPACITY,
    rules.AdjustmentType.EXACT: autoscaling.AdjustmentType.EXACT_CAPACITY,
    rules.AdjustmentType.PERCENT: autoscaling.AdjustmentType.PERCENT_CHANGE_IN_CAPACITY,
}
COMPARISONS = {
    rules.Comparison.GREATER: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    rules.Comparison.GREATER_OR_EQUAL: (
        cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
    ),
    rules.Comparison.LESS: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    rules.Comparison.LESS_OR_EQUAL: cloudwatch.ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
}
MISSING_DATA = {
    rules.MissingData.MISSING: cloudwatch.TreatMissingData.MISSING,
    rules.MissingData.IGNORE: cloudwatch.TreatMissingData.IGNORE,
    rules.MissingData.BREACHING: cloudwatch.TreatMissingData.BREACHING,
    rules.MissingData.NOT_BREACHING: cloudwatch.TreatMissingData.NOT_BREACHING,
}

Policy = autoscaling.CfnScalingPolicy


class Scaling(Construct):
    """All scaling rules of a preset, for one group.

    Args:
        scope: the stack.
        name: of the construct.
        group: the group that scales.
        preset: the rules.
        dimensions: values of the dimensions of the rules' metrics, by name.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        group: autoscaling.AutoScalingGroup,
        preset: rules.Preset,
        dimensions: Mapping[str, str],
    ) -> None:
        super().__init__(scope, name)
        self._group = group
        self._dimensions = {
            **dimensions,
            **dict.fromkeys(IN_SERVICE.dimensions, group.auto_scaling_group_name),
        }
        self._set_cooldown()
        for policy in preset.policies:
            match policy:
                case rules.StepPolicy():
                    self._step(policy)
                case rules.TargetTracking():
                    _target_tracking(
                        self,
                        _id(policy.name),
                        policy=policy,
                        dimensions=self._dimensions,
                        group=group,
                    )

    def _set_cooldown(self) -> None:
        group = cast("autoscaling.CfnAutoScalingGroup", self._group.node.default_child)
        group.cooldown = str(LIMITS.cooldown_s)

    def _step(self, policy: rules.StepPolicy) -> None:
        name = _id(policy.alarm.name)
        warmup = Duration.seconds(policy.warmup_s) if policy.warmup_s else None
        action = autoscaling.StepScalingAction(
            self,
            f"{name}Policy",
            auto_scaling_group=self._group,
            adjustment_type=ADJUSTMENT_TYPES[policy.adjustment_type],
            estimated_instance_warmup=warmup,  # without one AWS takes the group's
            min_adjustment_magnitude=policy.min_adjustment or None,
        )
        for step in policy.steps:
            action.add_adjustment(
                adjustment=step.adjustment, lower_bound=step.lower, upper_bound=step.upper
            )
        self._alarm(name, policy.alarm).add_alarm_action(actions.AutoScalingAction(action))

    def _alarm(self, name: str, alarm: rules.Alarm) -> cloudwatch.Alarm:
        """Make the alarm here, for `scale_on_metric` can't set the treatment of missing data."""
        rendered = cloudwatch.Alarm(
            self,
            name,
            alarm_description=f"{alarm.name}: {alarm.condition}. First: nothing, it scales. "
            f"{RUNBOOK}#scaling-alarms",
            metric=self._metric(alarm),
            threshold=alarm.threshold,
            comparison_operator=COMPARISONS[alarm.comparison],
            evaluation_periods=alarm.evaluation_periods,
            datapoints_to_alarm=alarm.datapoints_to_alarm,
            treat_missing_data=MISSING_DATA[alarm.missing_data],
        )
        Tags.of(rendered).add(NAME_TAG, alarm.name)
        return rendered

    def _metric(self, alarm: rules.Alarm) -> cloudwatch.Metric:
        if isinstance(alarm.metric, rules.MetricMath):
            raise TypeError(f"{alarm.name}: step policies on metric math are not rendered")
        return cloudwatch.Metric(
            namespace=alarm.metric.namespace,
            metric_name=alarm.metric.name,
            statistic=alarm.metric.statistic,
            dimensions_map={name: self._dimensions[name] for name in alarm.metric.dimensions},
            period=Duration.seconds(alarm.period_s),
        )


def _id(name: str) -> str:
    """Return a rule's name as a logical id, which has only letters and digits."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))


def _target_tracking(
    scope: Construct,
    name: str,
    *,
    policy: rules.TargetTracking,
    dimensions: Mapping[str, str],
    group: autoscaling.AutoScalingGroup,
) -> None:
    """Add the policy to the group.

    As an L1 construct, for the L2 knows no metric math, and needs a target group that is attached
    to the group before.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-target-tracking-metric-math.html
    """
    Policy(
        scope,
        name,
        auto_scaling_group_name=group.auto_scaling_group_name,
        policy_type="TargetTrackingScaling",
        estimated_instance_warmup=policy.warmup_s,
        target_tracking_configuration=Policy.TargetTrackingConfigurationProperty(
            target_value=policy.target,
            disable_scale_in=not policy.scale_in,
            predefined_metric_specification=_predefined(policy, dimensions),
            customized_metric_specification=(
                None if policy.predefined else _customized(policy.metric, dimensions)
            ),
        ),
    )


def _predefined(
    policy: rules.TargetTracking, dimensions: Mapping[str, str]
) -> Policy.PredefinedMetricSpecificationProperty | None:
    """Return the predefined metric, if the policy has one.

    Its label is `app/<load balancer>/<id>/targetgroup/<target group>/<id>`.

    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PredefinedMetricSpecification.html
    """
    if policy.predefined is None:
        return None
    return Policy.PredefinedMetricSpecificationProperty(
        predefined_metric_type=policy.predefined,
        resource_label=f"{dimensions['LoadBalancer']}/{dimensions['TargetGroup']}",
    )


def _customized(
    metric: rules.Metric | rules.MetricMath, dimensions: Mapping[str, str]
) -> Policy.CustomizedMetricSpecificationProperty:
    if isinstance(metric, rules.Metric):
        return Policy.CustomizedMetricSpecificationProperty(
            namespace=metric.namespace,
            metric_name=metric.name,
            statistic=metric.statistic,
            dimensions=_dimensions(metric, dimensions),
        )
    return Policy.CustomizedMetricSpecificationProperty(
        metrics=[
            *(_query(key, part, dimensions) for key, part in metric.metrics),
            Policy.TargetTrackingMetricDataQueryProperty(
                id="result", label=metric.label, expression=metric.expression, return_data=True
            ),
        ]
    )


def _query(
    key: str, metric: rules.Metric, dimensions: Mapping[str, str]
) -> Policy.TargetTrackingMetricDataQueryProperty:
    return Policy.TargetTrackingMetricDataQueryProperty(
        id=key,
        return_data=False,
        metric_stat=Policy.TargetTrackingMetricStatProperty(
            stat=metric.statistic,
            metric=Policy.MetricProperty(
                namespace=metric.namespace,
                metric_name=metric.name,
                dimensions=_dimensions(metric, dimensions),
            ),
        ),
    )


def _dimensions(
    metric: rules.Metric, values: Mapping[str, str]
) -> list[Policy.MetricDimensionProperty]:
    return [
        Policy.MetricDimensionProperty(name=name, value=values[name]) for name in metric.dimensions
    ]
