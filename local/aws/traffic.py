"""Elastic Load Balancing: its count of the requests that targets answer."""

import threading
from dataclasses import dataclass, field

SUCCESS = range(200, 300)


@dataclass
class Count:
    """The requests that targets answered.

    `response_times` are the seconds from sending each request to receiving the answer's headers.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
    """

    successes: int = 0
    response_times: list[float] = field(default_factory=list)


class Traffic:
    """A counter that threads may share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = Count()

    def answered(self, status: int, seconds: float) -> None:
        """Count an answer of a target."""
        with self._lock:
            self._count.successes += status in SUCCESS
            self._count.response_times.append(seconds)

    def take(self) -> Count:
        """Return the count since the last call."""
        with self._lock:
            taken, self._count = self._count, Count()
        return taken
