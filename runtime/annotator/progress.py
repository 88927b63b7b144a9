"""A job's progress, written to its item now and then, and the word to stop, passed on."""

import time
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from runtime.common.delivery import Delivery
from runtime.common.jobs import Claim, JobStore
from runtime.common.log import get_logger

INTERVAL_SECONDS = 0.5
"""Between two writes: a person who watches sees it move at least once a second."""

log = get_logger(__name__)


class Stopping(Exception):
    """The process is to end, or the work is lost: leave it at once."""


class JobProgress:
    """Told the percentage often; writes it when it has changed and the interval is over."""

    def __init__(
        self,
        jobs: JobStore,
        claim: Claim,
        delivery: Delivery,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._jobs = jobs
        self._claim = claim
        self._delivery = delivery
        self._clock = clock
        self._written = 0
        self._next = clock() + INTERVAL_SECONDS

    def __call__(self, percent: int) -> None:
        """Take note of the percentage done.

        Raises:
            Stopping: the work must end here.
            LeaseLost: another attempt owns the job.
        """
        self.check()
        now = self._clock()
        if percent > self._written and now >= self._next:
            self._written, self._next = percent, now + INTERVAL_SECONDS
            try:
                self._jobs.set_progress(self._claim, percent)
            except (ClientError, BotoCoreError):
                # A number to look at isn't worth a job; the next one will get through.
                log.warning("progress not written", exc_info=True)

    def check(self) -> None:
        """Raise Stopping when the work must end here."""
        if self._delivery.stopping.is_set():
            raise Stopping
