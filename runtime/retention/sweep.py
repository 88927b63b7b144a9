"""Finds restores that should have been done, in case S3's event was lost."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice

from runtime.common.jobs import ResultStates
from runtime.common.messages import RestoreOverdue
from runtime.common.queues import Queue

SWEEP_SECONDS = 60

MOST = 100
"""When thousands are overdue at once, S3 or thaw is behind. They come anyway, and a message for
each would only keep other users' restores waiting."""


@dataclass
class OverdueSweep:
    """Sends a message for each overdue restore, for MOST of them every SWEEP_SECONDS.

    Until it is handled the same job gets another one; the handler looks once and extends the
    deadline.
    """

    states: ResultStates
    requests: Queue
    clock: Callable[[], float] = time.time
    _next: float = field(default=0.0, init=False)

    def __call__(self) -> None:
        """Look for overdue restores, unless it isn't time yet."""
        now = self.clock()
        if now < self._next:
            return
        self._next = now + SWEEP_SECONDS
        self.requests.send_batch(
            [
                (RestoreOverdue(user_id=user_id, job_id=job_id), 0)
                for user_id, job_id in islice(self.states.overdue(), MOST)
            ]
        )
