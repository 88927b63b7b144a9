"""Alarms on what users see: errors, and a site that is down."""

from collections.abc import Mapping

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.ops_alarm import ABOVE, BELOW, MINUTE, Advice, ops_alarm

ERRORS_PERCENT = 5
ENOUGH_REQUESTS = 20
"""Requests in a minute; with fewer a single error would be a rate above the threshold."""


class SiteAlarms(Construct):
    """The rate of errors, and the number of healthy instances.

    Args:
        scope: the stack.
        name: of the construct.
        dimensions: `LoadBalancer` and `TargetGroup` by their full names.
        topic: where alarms go.
    """

    def __init__(
        self, scope: Construct, name: str, *, dimensions: Mapping[str, str], topic: sns.ITopic
    ) -> None:
        super().__init__(scope, name)
        ops_alarm(
            self,
            "Errors",
            topic=topic,
            metric=_error_rate(dimensions),
            threshold=ERRORS_PERCENT,
            comparison=ABOVE,
            periods=3,
            of_periods=5,
            advice=Advice(
                f"Over {ERRORS_PERCENT} % of the requests ended with a status of 500 or above.",
                "read the web log's newest errors; if they began with a deployment, roll it back.",
                "errors",
            ),
        )
        ops_alarm(
            self,
            "NoHealthyHost",
            topic=topic,
            metric=_metric("HealthyHostCount", "Maximum", dimensions),
            threshold=1,
            comparison=BELOW,
            periods=2,
            without_data_alarms=True,
            advice=Advice(
                "No web instance passes its health check: the site is down.",
                "see in the target group why, and in EC2 whether instances start.",
                "no-healthy-host",
            ),
        )


def _error_rate(dimensions: Mapping[str, str]) -> cloudwatch.MathExpression:
    """Return the errors as a percentage of all requests, also of those that reached no instance."""
    balancer = {"LoadBalancer": dimensions["LoadBalancer"]}
    return cloudwatch.MathExpression(
        label="5XX, % of requests",
        period=MINUTE,
        expression=f"IF(requests >= {ENOUGH_REQUESTS}, "
        "100 * (FILL(target, 0) + FILL(balancer, 0)) / requests, 0)",
        using_metrics={
            "requests": _metric("RequestCount", "Sum", balancer),
            "target": _metric("HTTPCode_Target_5XX_Count", "Sum", balancer),
            "balancer": _metric("HTTPCode_ELB_5XX_Count", "Sum", balancer),
        },
    )


def _metric(name: str, statistic: str, dimensions: Mapping[str, str]) -> cloudwatch.Metric:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html"""
    return cloudwatch.Metric(
        namespace="AWS/ApplicationELB",
        metric_name=name,
        statistic=statistic,
        dimensions_map=dict(dimensions),
        period=MINUTE,
    )
