"""The parts of a dashboard, in CloudWatch's format.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH = 24
HEIGHT = 6
HEADING_HEIGHT = 1

Json = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """A line of a graph: a metric, by its full name."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str
    label: str
    id: str | None = None
    visible: bool = True

    def render(self) -> list[Any]:
        """As a row of `metrics`."""
        options: Json = {"stat": self.statistic, "label": self.label}
        if self.id:
            options["id"] = self.id
        if not self.visible:
            options["visible"] = False
        named = [part for pair in self.dimensions.items() for part in pair]
        return [self.namespace, self.name, *named, options]


@dataclass(frozen=True)
class Expression:
    """A line of a graph that is computed from others, by their ids."""

    expression: str
    label: str

    def render(self) -> list[Any]:
        """As a row of `metrics`."""
        return [{"expression": self.expression, "label": self.label}]


@dataclass(frozen=True)
class Graph:
    """Lines over time; `unit` labels the axis."""

    title: str
    lines: Sequence[Line | Expression]
    unit: str = "Count"
    period_seconds: int = 60
    stacked: bool = False


@dataclass(frozen=True)
class Row:
    """Graphs side by side, below a heading."""

    heading: str
    graphs: Sequence[Graph]


def body(rows: Sequence[Row], *, region: str) -> Json:
    """Return the dashboard that shows `rows` one below the other."""
    widgets: list[Json] = []
    y = 0
    for row in rows:
        widgets.append(_heading(row.heading, y))
        y += HEADING_HEIGHT
        width = WIDTH // len(row.graphs)
        widgets += [
            _graph(graph, region=region, x=place * width, y=y, width=width)
            for place, graph in enumerate(row.graphs)
        ]
        y += HEIGHT
    return {"start": "-PT6H", "widgets": widgets}


def _heading(text: str, y: int) -> Json:
    return {
        "type": "text",
        "x": 0,
        "y": y,
        "width": WIDTH,
        "height": HEADING_HEIGHT,
        "properties": {"markdown": text, "background": "transparent"},
    }


def _graph(graph: Graph, *, region: str, x: int, y: int, width: int) -> Json:
    return {
        "type": "metric",
        "x": x,
        "y": y,
        "width": width,
        "height": HEIGHT,
        "properties": {
            "title": graph.title,
            "view": "timeSeries",
            "stacked": graph.stacked,
            "region": region,
            "period": graph.period_seconds,
            "metrics": [line.render() for line in graph.lines],
            "yAxis": {"left": {"min": 0, "label": graph.unit, "showUnits": False}},
        },
    }
