"""An alarm for the people on call."""

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

RUNBOOK = "docs/runbook.md"

AT_LEAST = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
BELOW = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
ABOVE = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD

MINUTE = Duration.minutes(1)


@dataclass(frozen=True)
class Advice:
    """What the alarm means and what to do first; `section` is the anchor of a runbook heading."""

    means: str
    first: str
    section: str

    def __str__(self) -> str:
        return f"{self.means} First: {self.first} {RUNBOOK}#{self.section}"


def ops_alarm(
    scope: Construct,
    name: str,
    *,
    topic: sns.ITopic,
    metric: cloudwatch.IMetric,
    advice: Advice,
    threshold: float = 1,
    comparison: cloudwatch.ComparisonOperator = AT_LEAST,
    periods: int = 1,
    of_periods: int | None = None,
    without_data_alarms: bool = False,
) -> None:
    """Notify `topic` when `metric` breaches in `periods` of its last `of_periods` periods.

    The topic is notified again when the alarm is OK, so that
    nobody has to check whether the problem is over.
    """
    missing = cloudwatch.TreatMissingData
    alarm = cloudwatch.Alarm(
        scope,
        name,
        alarm_description=str(advice),
        metric=metric,
        threshold=threshold,
        comparison_operator=comparison,
        evaluation_periods=of_periods or periods,
        datapoints_to_alarm=periods,
        treat_missing_data=missing.BREACHING if without_data_alarms else missing.NOT_BREACHING,
    )
    action = actions.SnsAction(topic)
    alarm.add_alarm_action(action)
    alarm.add_ok_action(action)
