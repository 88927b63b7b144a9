"""The charts of the page about scaling: a few lines each, from CloudWatch."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from runtime.contract import cloudwatch as custom
from runtime.contract.job_status import JobStatus
from runtime.contract.work_queues import WorkQueue
from runtime.web.services.operations.answers import Answer, ask
from runtime.web.services.operations.fleets import Fleets, Group
from runtime.web.services.operations.metrics import Metric, Points, Window, read_metrics
from runtime.web.services.operations.queues import queue_name

HOUR = 3600

PERIODS = {1: 60, 3: 60, 12: 300, 24: 300}
"""Hours that the page can show, and the seconds of a point: at most 288 points a line."""

BALANCER = "AWS/ApplicationELB"


@dataclass(frozen=True)
class Line:
    """A line of a chart."""

    label: str
    metric: Metric


@dataclass(frozen=True)
class Chart:
    """A chart of one or two lines, which share an axis.

    Attributes:
        section: of the page, in which it stands.
        zero: a period without a value means 0, as no request and no job is counted as nothing.
    """

    section: str
    title: str
    unit: str
    lines: tuple[Line, ...]
    zero: bool = False


@dataclass(frozen=True)
class DrawnChart:
    """A chart with the points of each of its lines."""

    chart: Chart
    points: tuple[Points, ...]


@dataclass(frozen=True)
class DrawnCharts:
    """All charts of a window of time."""

    window: Window
    charts: tuple[DrawnChart, ...]


@dataclass(frozen=True)
class ScalingCharts:
    """Reads the charts.

    Args:
        load_balancer: its name in CloudWatch.
    """

    stage: str
    load_balancer: str
    queues: Sequence[WorkQueue]
    fleets: Fleets
    clock: Callable[[], float] = time.time

    def read(self, operator_id: str, hours: int) -> Answer[DrawnCharts]:
        """Return the charts of the last `hours`, one of PERIODS. Some cents a day if asked for
        once a minute: GetMetricData is paid by the metric."""
        return ask("The metrics", lambda: self._read(operator_id, hours))

    def _read(self, operator_id: str, hours: int) -> DrawnCharts:
        charts = self.charts(self.fleets.read_groups(operator_id))
        window = Window.of_last(hours * HOUR, now=self.clock(), period=PERIODS[hours])
        lines = [line.metric for chart in charts for line in chart.lines]
        clients = self.fleets.operator_aws.clients(operator_id)
        points = iter(read_metrics(clients.cloudwatch, lines, window))
        drawn = (DrawnChart(each, tuple(next(points) for _ in each.lines)) for each in charts)
        return DrawnCharts(window, tuple(drawn))

    def charts(self, groups: Sequence[Group]) -> list[Chart]:
        """Return what the page shows, without points."""
        return [
            *(_capacity(group) for group in groups),
            *(_waiting(queue) for queue in self.queues),
            self._jobs(),
            *self._site(),
        ]

    def _jobs(self) -> Chart:
        space = custom.namespace(self.stage)
        lines = tuple(
            Line(state.lower(), Metric(space, custom.JOBS.name, custom.JOBS.by(state), "Sum"))
            for state in (JobStatus.COMPLETED, JobStatus.FAILED)
        )
        return Chart("Jobs", "Ended", "jobs", lines, zero=True)

    def _site(self) -> tuple[Chart, ...]:
        def line(label: str, name: str, statistic: str) -> Line:
            return Line(
                label, Metric(BALANCER, name, {"LoadBalancer": self.load_balancer}, statistic)
            )

        answers = "HTTPCode_Target_{}_Count"
        return (
            Chart(
                "Site",
                "Responses",
                "responses",
                (
                    line("2XX", answers.format("2XX"), "Sum"),
                    line("5XX", answers.format("5XX"), "Sum"),
                ),
                zero=True,
            ),
            Chart(
                "Site",
                "Response time",
                "s",
                (
                    line("average", "TargetResponseTime", "Average"),
                    line("95th percentile", "TargetResponseTime", "p95"),
                ),
            ),
        )


def _capacity(group: Group) -> Chart:
    def line(label: str, name: str) -> Line:
        dimensions = {"AutoScalingGroupName": group.name}
        return Line(label, Metric("AWS/AutoScaling", name, dimensions, "Average"))

    lines = (line("in service", "GroupInServiceInstances"), line("desired", "GroupDesiredCapacity"))
    return Chart("Capacity", group.fleet, "instances", lines)


def _waiting(queue: WorkQueue) -> Chart:
    metric = Metric(
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        {"QueueName": queue_name(queue.url)},
        "Maximum",
    )
    return Chart("Messages that wait", queue.name, "messages", (Line("visible", metric),))
