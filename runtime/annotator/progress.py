"""A job's progress, written to its item now and then, and the word to stop, passed on."""

import time
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from runtime.common.delivery import Delivery
from runtime.common.jobs import Attempts, Claim
from runtime.common.log import get_logger

INTERVAL_SECONDS = 0.5
"""Between two writes: a person who watches sees it move at least once a second."""

WATCH_SECONDS = 2.0
"""At least so often something is written, risen or not: the refusal of a write is how an attempt
hears that the job's owner wants it ended, or has removed it."""

log = get_logger(__name__)


class Stopping(Exception):
    """The process is to end, or the work is lost: leave it at once."""


class CancelRequested(Exception):
    """The owner wants the job ended: the attempt stops, and writes that end."""


class JobProgress:
    """Told the percentage often; writes it when it has risen and the interval is over."""

    def __init__(
        self,
        jobs: Attempts,
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
        self._watch = clock() + WATCH_SECONDS

    def __call__(self, percent: int) -> None:
        """Take note of the percentage done.

        Raises:
            Stopping: the work must end here.
            LeaseLost: another attempt owns the job, or it was removed.
            CancelRequested: the job's owner wants it ended.
        """
        self.check()
        now = self._clock()
        if (percent > self._written and now >= self._next) or now >= self._watch:
            self._written = percent = max(percent, self._written)
            self._next, self._watch = now + INTERVAL_SECONDS, now + WATCH_SECONDS
            try:
                job = self._jobs.set_progress(self._claim, percent)
            except (ClientError, BotoCoreError):
                # A number to look at isn't worth a job; the next one will get through.
                log.warning("progress not written", exc_info=True)
            else:
                if job.cancel_requested:
                    raise CancelRequested(f"job {job.job_id} is to end")

    def watch(self) -> None:
        """Look whether to go on, where there is no percentage to tell. Raises what a call does."""
        self(self._written)

    def check(self) -> None:
        """Raise Stopping when the work must end here."""
        if self._delivery.stopping.is_set():
            raise Stopping
