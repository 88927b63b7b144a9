"""Alarms on the platform's own metrics."""

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from constructs import Construct

from runtime.contract.cloudwatch import (
    FAILED_BOOTS,
    QUARANTINED,
    RESTORES_OVERDUE,
    UNAVAILABLE,
    namespace,
)
from stacks.ops_alarm import MINUTE, Advice, ops_alarm
from stacks.settings import Stage

ADVICE = {
    FAILED_BOOTS: Advice(
        "An instance couldn't install or start its processes, and is being replaced.",
        "read the end of the newest boot stream in its fleet's log group.",
        "failed-boots",
    ),
    UNAVAILABLE: Advice(
        "The site can't reach a table or a bucket; instances stay in service, and pages say so.",
        "look up which part /health names, then the region's health page and the web role.",
        "unavailable",
    ),
    QUARANTINED: Advice(
        "A message in the dead-letter queue of job requests can't be read, and was set aside.",
        "read it in the inputs bucket under quarantine/, and find out who sent it.",
        "quarantined",
    ),
    RESTORES_OVERDUE: Advice(
        "A result that was asked back from the archive isn't there after the time S3 needs.",
        "look up the job_id in the restore log, and the object's restore status in S3.",
        "restore-overdue",
    ),
}


class JobAlarms(Construct):
    """One alarm for each event that should never happen."""

    def __init__(self, scope: Construct, name: str, *, stage: Stage, topic: sns.ITopic) -> None:
        super().__init__(scope, name)
        for metric, advice in ADVICE.items():
            ops_alarm(
                self,
                metric.name,
                topic=topic,
                metric=cloudwatch.Metric(
                    namespace=namespace(stage.name),
                    metric_name=metric.name,
                    statistic="Sum",
                    period=MINUTE,
                ),
                advice=advice,
            )
