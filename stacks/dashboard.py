"""The dashboard of a stage: what it serves, what it works on, and what that costs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from runtime.contract import cloudwatch as custom
from runtime.contract.cloudwatch import CustomMetric
from runtime.contract.job_status import JobStatus
from scaling.simulate.instance_prices import PRICES
from stacks.settings import ProcessName, Stage
from stacks.widgets import Expression, Graph, Line, Row
from stacks.work_queue import WorkQueue

BALANCER = "AWS/ApplicationELB"
IN_SERVICE = "GroupInServiceInstances"
DESIRED = "GroupDesiredCapacity"
VISIBLE = "ApproximateNumberOfMessagesVisible"
OLDEST = "ApproximateAgeOfOldestMessage"
FIVE_MINUTES = 300
DAY = 86_400
PROCESSES_THAT_SCALE: tuple[ProcessName, ...] = ("web", "annotator")
P50_P95 = ("p50", "p95")


@dataclass(frozen=True)
class DashboardSources:
    """What the dashboard shows; groups, buckets and tables are keyed by the names to display."""

    stage: Stage
    load_balancer: str
    work_queues: Mapping[str, WorkQueue]
    groups: Mapping[str, str]
    buckets: Mapping[str, str]
    tables: Mapping[str, str]


def rows(sources: DashboardSources) -> list[Row]:
    """Return the whole dashboard, from what users see to the inner parts.

    With basic monitoring it stays within the 50 metrics of a dashboard in AWS's free tier.
    https://aws.amazon.com/cloudwatch/pricing/
    """
    if sources.stage.monitoring == "basic":
        states_and_duration = _jobs(sources)[:2]
        return [
            Row("## Site", [*_site(sources)]),
            Row("## Work", [*_queues(sources), *states_and_duration]),
        ]
    return [
        Row("## Site", [*_site(sources)]),
        Row("## Fleets and queues", [_capacity(sources), *_queues(sources)]),
        Row("## Jobs", [*_jobs(sources)]),
        Row("## Archive", [*_archive(sources)]),
        Row("## What drives the bill", [*_costs(sources)]),
    ]


def _site(sources: DashboardSources) -> list[Graph]:
    def line(name: str, statistic: str, label: str) -> Line:
        return Line(BALANCER, name, {"LoadBalancer": sources.load_balancer}, statistic, label)

    return [
        Graph("Requests", [line("RequestCount", "Sum", "requests")]),
        Graph("2XX", [line("HTTPCode_Target_2XX_Count", "Sum", "2XX")]),
        Graph(
            "5XX",
            [
                line("HTTPCode_Target_5XX_Count", "Sum", "by instances"),
                line("HTTPCode_ELB_5XX_Count", "Sum", "by the load balancer"),
            ],
        ),
        Graph(
            "Latency",
            [line("TargetResponseTime", statistic, statistic) for statistic in P50_P95],
            unit="Seconds",
        ),
    ]


def _capacity(sources: DashboardSources) -> Graph:
    lines = [
        _group_line(sources, fleet, metric, f"{fleet} {label}")
        for fleet in dict.fromkeys(map(sources.stage.fleet_of, PROCESSES_THAT_SCALE))
        for metric, label in ((IN_SERVICE, "in service"), (DESIRED, "desired"))
    ]
    return Graph("Capacity", lines, unit="Instances")


def _group_line(sources: DashboardSources, fleet: str, metric: str, label: str) -> Line:
    dimensions = {"AutoScalingGroupName": sources.groups[fleet]}
    return Line("AWS/AutoScaling", metric, dimensions, "Average", label)


def _queue_line(queue: str, metric: str, label: str) -> Line:
    return Line("AWS/SQS", metric, {"QueueName": queue}, "Maximum", label)


def _queues(sources: DashboardSources) -> list[Graph]:
    queues = {name: work.queue.queue_name for name, work in sources.work_queues.items()}
    dead = {name: work.dlq.queue_name for name, work in sources.work_queues.items()}
    return [
        _each_queue("Queue depth", queues, VISIBLE, unit="Messages"),
        _each_queue("Age of the oldest message", queues, OLDEST, unit="Seconds"),
        _each_queue("Dead letters", dead, VISIBLE, unit="Messages"),
    ]


def _each_queue(title: str, queues: Mapping[str, str], metric: str, *, unit: str) -> Graph:
    return Graph(
        title, [_queue_line(queue, metric, name) for name, queue in queues.items()], unit=unit
    )


def _own(
    sources: DashboardSources, metric: CustomMetric, statistic: str, label: str, **dimensions: str
) -> Line:
    return Line(custom.namespace(sources.stage.name), metric.name, dimensions, statistic, label)


def _jobs(sources: DashboardSources) -> list[Graph]:
    space, failures = custom.namespace(sources.stage.name), custom.JOB_FAILURES
    reasons = f'{{{space},{failures.dimension}}} MetricName="{failures.name}"'
    return [
        Graph(
            "Jobs by the state they came into",
            [
                _own(sources, custom.JOBS, "Sum", state, **custom.JOBS.by(state))
                for state in JobStatus
            ],
            period_seconds=FIVE_MINUTES,
            unit="Jobs",
        ),
        Graph(
            "Duration, submission to result",
            [_own(sources, custom.JOB_DURATION, statistic, statistic) for statistic in P50_P95],
            period_seconds=FIVE_MINUTES,
            unit="Seconds",
        ),
        Graph(
            "Failures by reason",
            [
                Expression(
                    f"SEARCH('{reasons}', 'Sum', {FIVE_MINUTES})",
                    f"${{PROP('Dim.{failures.dimension}')}}",
                )
            ],
            period_seconds=FIVE_MINUTES,
            unit="Jobs",
            stacked=True,
        ),
    ]


def _archive(sources: DashboardSources) -> list[Graph]:
    waiting = sources.work_queues["JobResultsArchive"].queue.queue_name
    return [
        Graph(
            "Archive backlog: results whose retention runs, or is over",
            [
                _queue_line(waiting, f"ApproximateNumberOfMessages{kind}", label)
                for kind, label in (
                    ("Delayed", "retention runs"),
                    ("Visible", "due"),
                    ("NotVisible", "in hand"),
                )
            ],
            unit="Results",
            stacked=True,
        ),
        Graph(
            "Archived, and how late",
            [
                _own(sources, custom.RESULTS_ARCHIVED, "Sum", "results"),
                _own(sources, custom.ARCHIVE_DELAY, "p95", "late by, p95, in seconds"),
            ],
            period_seconds=FIVE_MINUTES,
        ),
        Graph(
            "Restore backlog since the left edge",
            [
                _input("asked", _own(sources, custom.RESTORES_REQUESTED, "Sum", "requested")),
                _input("back", _own(sources, custom.RESTORES_COMPLETED, "Sum", "completed")),
                Expression("RUNNING_SUM(FILL(asked, 0) - FILL(back, 0))", "not back yet"),
                _own(sources, custom.RESTORES_OVERDUE, "Sum", "overdue"),
            ],
            period_seconds=FIVE_MINUTES,
            unit="Results",
        ),
        Graph(
            "Restore, request to result",
            [_own(sources, custom.RESTORE_DURATION, statistic, statistic) for statistic in P50_P95],
            period_seconds=FIVE_MINUTES,
            unit="Seconds",
        ),
    ]


def _input(name: str, line: Line) -> Line:
    """Return a line that isn't drawn: an expression of the same graph uses it."""
    return replace(line, id=name, visible=False)


def _costs(sources: DashboardSources) -> list[Graph]:
    return [_instance_costs(sources), _stored(sources), _table_units(sources), _nat_traffic()]


def _instance_costs(sources: DashboardSources) -> Graph:
    """Return instances times their price, without discounts, disks and traffic."""
    counts = [
        _input(fleet, _group_line(sources, fleet, IN_SERVICE, fleet))
        for fleet in sources.stage.fleets
    ]
    costs = [
        Expression(f"{fleet} * {PRICES.usd(size.instance_type, 1)}", fleet)
        for fleet, size in sources.stage.fleets.items()
        if size.instance_type in PRICES.usd_per_hour
    ]
    title = f"Instances at on-demand prices of {PRICES.date}, {PRICES.region}"
    return Graph(title, [*counts, *costs], unit="USD an hour", stacked=True)


def _stored(sources: DashboardSources) -> Graph:
    """S3 reports the size of a bucket once a day."""
    lines = [
        Line(
            "AWS/S3",
            "BucketSizeBytes",
            {"BucketName": bucket, "StorageType": f"{storage}Storage"},
            "Average",
            f"{name}, {storage}",
        )
        for name, bucket in sources.buckets.items()
        for storage in (("Standard", "Glacier") if name == "archive" else ("Standard",))
    ]
    return Graph("Stored", lines, unit="Bytes", period_seconds=DAY)


def _table_units(sources: DashboardSources) -> Graph:
    lines = [
        Line("AWS/DynamoDB", f"Consumed{kind}CapacityUnits", {"TableName": table}, "Sum", label)
        for name, table in sources.tables.items()
        for kind, label in (("Read", f"{name} read"), ("Write", f"{name} written"))
    ]
    return Graph("Tables", lines, unit="Request units", period_seconds=FIVE_MINUTES)


def _nat_traffic() -> Graph:
    """Sum over all NAT gateways in the region; a search also finds those of later deployments."""
    search = '{AWS/NATGateway,NatGatewayId} MetricName="BytesOutToDestination"'
    line = Expression(f"SEARCH('{search}', 'Sum', {FIVE_MINUTES})", "${PROP('Dim.NatGatewayId')}")
    return Graph("Through NAT gateways", [line], unit="Bytes", period_seconds=FIVE_MINUTES)
