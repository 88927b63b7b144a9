"""The metrics of a simulated fleet, as AWS would report them to CloudWatch each minute."""

from collections import defaultdict

import numpy as np

from scaling.policies import (
    IN_SERVICE,
    MESSAGES_SENT,
    MESSAGES_VISIBLE,
    REQUESTS_PER_TARGET,
    RESPONSE_TIME,
    TARGET_2XX,
)
from scaling.rules import FleetName
from scaling.series import StatisticSet
from scaling.simulate.queueing import Queue

MINUTE_S = 60


class FleetMetrics:
    """Statistic sets by metric name and by the second at which their minute begins."""

    def __init__(self, fleet: FleetName, minutes: int) -> None:
        self.samples: dict[str, dict[int, StatisticSet]] = defaultdict(dict)
        self._fleet = fleet
        self._ended = np.zeros(minutes + 1, dtype=np.int64)
        self._total_s = np.zeros(minutes + 1)
        self._least_s = np.full(minutes + 1, np.inf)
        self._most_s = np.zeros(minutes + 1)

    def started(self, queue: Queue, block: slice) -> None:
        """Count jobs in the minute in which they will end."""
        ends = queue.starts[block] + queue.services[block]
        taken = ends - queue.arrivals[block]
        minute = np.minimum(ends // MINUTE_S, len(self._ended) - 1).astype(np.int64)
        np.add.at(self._ended, minute, 1)
        np.add.at(self._total_s, minute, taken)
        np.minimum.at(self._least_s, minute, taken)
        np.maximum.at(self._most_s, minute, taken)

    def close_minute(self, start_s: int, *, arrived: int, waiting: int, in_service: int) -> None:
        """Publish the minute that began at `start_s`."""
        self._put(IN_SERVICE.name, start_s, StatisticSet.of(in_service))
        if self._fleet is FleetName.WEB:
            self._close_web_minute(start_s, arrived=arrived, in_service=in_service)
            return
        # A queue that is polled is active, and an active queue reports zeros too.
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html
        self._put(MESSAGES_SENT.name, start_s, StatisticSet.of(arrived))
        self._put(MESSAGES_VISIBLE.name, start_s, StatisticSet.of(waiting))

    def _close_web_minute(self, start_s: int, *, arrived: int, in_service: int) -> None:
        """Publish as a load balancer does: response counts and times only where there are any.

        https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
        """
        per_target = arrived / in_service if in_service else 0
        self._put(REQUESTS_PER_TARGET.name, start_s, StatisticSet.of(per_target))
        minute = start_s // MINUTE_S
        ended = float(self._ended[minute])
        if ended:
            ones = StatisticSet(total=ended, count=ended, minimum=1, maximum=1)
            self._put(TARGET_2XX.name, start_s, ones)
            times = StatisticSet(
                total=float(self._total_s[minute]),
                count=ended,
                minimum=float(self._least_s[minute]),
                maximum=float(self._most_s[minute]),
            )
            self._put(RESPONSE_TIME.name, start_s, times)

    def _put(self, name: str, start_s: int, found: StatisticSet) -> None:
        self.samples[name][start_s] = found
