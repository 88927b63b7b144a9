"""Elastic Load Balancing: what it counts of the requests that its targets answer."""

import threading
from dataclasses import dataclass, field

SUCCESS = range(200, 300)


@dataclass
class Count:
    """Requests that targets answered.

    `response_times` are seconds from sending the request to the answer's headers.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
    """

    successes: int = 0
    response_times: list[float] = field(default_factory=list)


class Traffic:
    """Counts; may be read in another thread than it is written in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = Count()

    def answered(self, status: int, seconds: float) -> None:
        """A target has answered a request."""
        with self._lock:
            self._count.successes += status in SUCCESS
            self._count.response_times.append(seconds)

    def take(self) -> Count:
        """Return what has been counted since the last time."""
        with self._lock:
            taken, self._count = self._count, Count()
        return taken
