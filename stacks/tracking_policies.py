"""Target tracking policies. Auto Scaling makes their alarms."""

from collections.abc import Mapping

from aws_cdk import aws_autoscaling as autoscaling
from constructs import Construct

from scaling import rules

Policy = autoscaling.CfnScalingPolicy


def target_tracking(
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
