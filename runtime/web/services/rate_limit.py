"""Rate limits: attempts are counted in one table for all instances.

A counter is for one subject in one window of time. It grows by a conditional write, so that two
instances at the same time can't both take the last attempt.
"""

import hashlib
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from runtime.common import items
from runtime.common.items import ConditionFailed
from runtime.contract.dynamodb import THROTTLE_PREFIX

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

MINUTE = 60
HOUR = 3600


class TooManyAttempts(Exception):
    """A limit is reached.

    Attributes:
        retry_after: seconds until another attempt may succeed.
    """

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many attempts; retry after {retry_after} s")
        self.retry_after = retry_after

    @property
    def wait(self) -> str:
        """The time until another attempt, in words and rounded up: "a minute", "15 minutes"."""
        minutes = -(-self.retry_after // MINUTE)
        return "a minute" if minutes == 1 else f"{minutes} minutes"


@dataclass(frozen=True)
class RateLimit:
    """How many attempts one subject may make in a window of `seconds`."""

    name: str
    attempts: int
    seconds: int


@dataclass(frozen=True)
class Allowance:
    """What is left of a limit: attempts, and seconds until the next window."""

    limit: int
    left: int
    seconds: int


class RateLimiter:
    """Counts attempts.

    Args:
        table: DynamoDB table with the partition key item_id, whose items expire at `expires_at`.
        clock: returns the time in epoch seconds.
    """

    def __init__(self, table: "Table", clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock

    def hit(self, limit: RateLimit, *subject: str) -> Allowance:
        """Count one attempt; return what is left of the window.

        Raises:
            TooManyAttempts: the subject has used up this window.
        """
        below = Attr("tries").not_exists() | Attr("tries").lt(limit.attempts)
        try:
            item = self._change(limit, subject, condition=below, add={"tries": 1})
        except ConditionFailed as refusal:
            raise TooManyAttempts(self._end(limit) - int(self._clock())) from refusal
        left = limit.attempts - int(item["tries"])
        return Allowance(limit.attempts, left, self._end(limit) - int(self._clock()))

    def refund(self, limit: RateLimit, *subject: str) -> None:
        """Uncount an attempt that the limit isn't meant for, such as a successful one."""
        counted = Attr("tries").gt(0)
        # If it was counted in the window before, that window is over.
        with suppress(ConditionFailed):
            self._change(limit, subject, condition=counted, add={"tries": -1})

    def reset(self, limit: RateLimit, *subject: str) -> None:
        """Start again from zero, when the subject has proved its identity in another way."""
        with suppress(ConditionFailed):  # nothing was counted
            self._change(limit, subject, condition=Attr("tries").exists(), set_={"tries": 0})

    def _change(
        self,
        limit: RateLimit,
        subject: tuple[str, ...],
        *,
        condition: ConditionBase,
        set_: Mapping[str, int] | None = None,
        add: Mapping[str, int] | None = None,
    ) -> dict[str, Any]:
        ends = self._end(limit)
        return items.update(
            self._table,
            {"item_id": _key(limit, subject, ends)},
            condition=condition,
            set_={"expires_at": ends, **(set_ or {})},
            add=add,
        )

    def _end(self, limit: RateLimit) -> int:
        """When the current window ends, in epoch seconds."""
        now = int(self._clock())
        return now - now % limit.seconds + limit.seconds


def _key(limit: RateLimit, subject: tuple[str, ...], ends: int) -> str:
    # Hashed: a subject is what somebody typed, of any length, and may be a password by mistake.
    digest = hashlib.sha256("\0".join(subject).encode()).hexdigest()[:32]
    return f"{THROTTLE_PREFIX}{limit.name}#{digest}#{ends}"
