"""Repeats a request that failed for a passing reason, with backoff and jitter."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import httpx

from gas_client.errors import Unreachable

PASSING = frozenset({429, 502, 503, 504})
"""Statuses that another try may change. 500 is none: the same request gives the same error."""

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
ANNOUNCED_SECONDS = 2.0
"""Waits that are longer are said."""


@dataclass(frozen=True)
class Retry:
    """How long a request is repeated.

    Args:
        seconds: from the first failure; a wait that would end later isn't begun.
        say: is told of a long wait.
        sleep: waits so many seconds.
    """

    seconds: float
    say: Callable[[str], None]
    sleep: Callable[[float], None] = time.sleep

    def request(self, send: Callable[[], httpx.Response], what: str) -> httpx.Response:
        """Send until the answer isn't of a passing kind, or the time is over.

        Args:
            send: sends the request once.
            what: the host, for messages.

        Returns:
            The last answer. One of a passing kind means that the time was over.

        Raises:
            Unreachable: there was no answer.
        """
        waited, failures = 0.0, 0
        while True:
            answer: httpx.Response | None = None
            try:
                answer = send()
                if answer.status_code not in PASSING:
                    return answer
                reason = f"HTTP {answer.status_code}"
            except httpx.TransportError as error:
                reason = str(error) or type(error).__name__
            asked = _retry_after(answer) if answer is not None else None
            delay = asked if asked is not None else _backoff(failures)
            if waited + delay > self.seconds:
                if answer is not None:
                    return answer
                raise Unreachable(
                    f"{what} doesn't answer: {reason}. Check the address and the network."
                )
            if answer is not None:
                answer.close()
            if delay > ANNOUNCED_SECONDS:
                self.say(f"{what}: {reason}; the next try is in {delay:.0f} s.")
            self.sleep(delay)
            waited += delay
            failures += 1


def _backoff(failures: int) -> float:
    """Seconds before the next try: twice as long each time, less a random part."""
    longest: float = min(LONGEST_DELAY, FIRST_DELAY * 2 ** min(failures, 10))
    return longest * random.uniform(0.5, 1)  # noqa: S311 - it spreads requests, and keeps no secret


def _retry_after(answer: httpx.Response) -> float | None:
    """The seconds that Retry-After asks for, as a number or a date (RFC 9110, 10.2.3)."""
    value = answer.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=timezone.utc)
    return max(0.0, (at - datetime.now(timezone.utc)).total_seconds())
