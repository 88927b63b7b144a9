"""Reads metrics back from the lines that carry them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Measurement = tuple[Any, ...]
Measured = Callable[[], list[Measurement]]


def measurements(line: Mapping[str, Any]) -> Iterator[Measurement]:
    """Yield (name, value of each dimension, value) for every metric of a line."""
    for directive in line["_aws"]["CloudWatchMetrics"]:
        (dimensions,) = directive["Dimensions"]
        for metric in directive["Metrics"]:
            yield metric["Name"], *(line[name] for name in dimensions), line[metric["Name"]]
