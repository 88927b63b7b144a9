"""Alarms on what SES thinks of the account's emails: it pauses an account whose emails bounce."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.ops_alarm import Advice, ops_alarm

THRESHOLDS = {"Bounce": 0.05, "Complaint": 0.001}
"""Rates at which SES puts an account under review; at 10 % and 0.5 % it pauses the account.
https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html"""


class MailAlarms(Construct):
    """One alarm for each rate, of the whole account, because SES judges the account as a whole."""

    def __init__(self, scope: Construct, name: str, *, topic: sns.ITopic) -> None:
        super().__init__(scope, name)
        for kind, rate in THRESHOLDS.items():
            ops_alarm(
                self,
                f"{kind}Rate",
                topic=topic,
                metric=cloudwatch.Metric(
                    namespace="AWS/SES",
                    metric_name=f"Reputation.{kind}Rate",
                    statistic="Average",
                    period=Duration.hours(1),
                ),
                threshold=rate,
                advice=Advice(
                    f"{kind}s reached {rate:.1%} of the emails; at twice to five times that, SES "
                    "pauses the account.",
                    "see in the SES console since when, and in the web log who asked for emails.",
                    "bounces-and-complaints",
                ),
            )
