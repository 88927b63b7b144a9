"""How often something may be tried: counted in one table for all instances.

A counter stands for one subject in one window of time. It grows by a conditional write, so that
two instances at once can't both take the last try.
"""

import hashlib
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr, ConditionBase

from runtime.common import items
from runtime.common.items import ConditionFailed
from runtime.contract.dynamodb import THROTTLE_PREFIX

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

MINUTE = 60
HOUR = 3600


class TooMany(Exception):
    """A limit is reached.

    Attributes:
        retry_after: seconds until another try may succeed.
    """

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many attempts; again in {retry_after} s")
        self.retry_after = retry_after

    @property
    def wait(self) -> str:
        """The time until another try, in words and rounded up: "a minute", "15 minutes"."""
        minutes = -(-self.retry_after // MINUTE)
        return "a minute" if minutes == 1 else f"{minutes} minutes"


@dataclass(frozen=True)
class Limit:
    """So many tries of `what` by one subject within a window of so many seconds."""

    what: str
    tries: int
    seconds: int


class Throttle:
    """Counts tries.

    Args:
        table: DynamoDB table with the partition key item_id, which forgets at `expires_at`.
        clock: returns the time in epoch seconds.
    """

    def __init__(self, table: "Table", clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock

    def take(self, limit: Limit, *subject: str) -> None:
        """Count one try.

        Raises:
            TooMany: the subject has had all tries of this window.
        """
        below = Attr("tries").not_exists() | Attr("tries").lt(limit.tries)
        try:
            self._change(limit, subject, condition=below, add={"tries": 1})
        except ConditionFailed as refusal:
            raise TooMany(self._end(limit) - int(self._clock())) from refusal

    def give_back(self, limit: Limit, *subject: str) -> None:
        """Take a try back: it wasn't one of those that the limit is about."""
        counted = Attr("tries").gt(0)
        # Where it was counted in the window before, that is over.
        with suppress(ConditionFailed):
            self._change(limit, subject, condition=counted, add={"tries": -1})

    def forgive(self, limit: Limit, *subject: str) -> None:
        """Count anew: who the subject is has been proved in another way."""
        with suppress(ConditionFailed):  # there is nothing to forgive
            self._change(limit, subject, condition=Attr("tries").exists(), set_={"tries": 0})

    def _change(
        self,
        limit: Limit,
        subject: tuple[str, ...],
        *,
        condition: ConditionBase,
        set_: Mapping[str, int] | None = None,
        add: Mapping[str, int] | None = None,
    ) -> None:
        ends = self._end(limit)
        items.update(
            self._table,
            {"item_id": _key(limit, subject, ends)},
            condition=condition,
            set_={"expires_at": ends, **(set_ or {})},
            add=add,
        )

    def _end(self, limit: Limit) -> int:
        """When the window that is open now ends, in epoch seconds."""
        now = int(self._clock())
        return now - now % limit.seconds + limit.seconds


def _key(limit: Limit, subject: tuple[str, ...], ends: int) -> str:
    # Hashed, for a subject is what somebody typed: of any length, and perhaps a password.
    digest = hashlib.sha256("\0".join(subject).encode()).hexdigest()[:32]
    return f"{THROTTLE_PREFIX}{limit.what}#{digest}#{ends}"
