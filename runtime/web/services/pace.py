"""How fast jobs end: measured by all web processes together, so that each of them tells the same.

Whoever looks at the open jobs compares them with those of the look before, whichever process that
was: what isn't open any more has ended. Marks of the open jobs, and the ends of the last minutes,
stand in one item. It is replaced on the condition that nobody was quicker, so that no end counts
twice.
"""

import time
import zlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Self

from boto3.dynamodb.conditions import Attr
from pydantic import BaseModel, ConfigDict

from runtime.common import items
from runtime.common.items import ConditionFailed
from runtime.contract.dynamodb import PACE_PREFIX

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEY = {"item_id": f"{PACE_PREFIX}1"}
"""The number is that of `Seen`'s shape: releases that write another one don't read this."""

LOOK_SECONDS = 2.0
"""How old the last look may be: a look costs a few reads, so one serves everybody for a while."""

GAP_SECONDS = 30.0
"""After a longer pause between two looks the pace is measured anew: jobs came and went unseen."""

WINDOW_SECONDS = 300.0
"""The pace is that of the last so many seconds."""

ENOUGH_ENDED = 3
ENOUGH_SECONDS = 4.0
"""Fewer ends, or in a shorter time, are no pace."""

MARK_LENGTH = 8
"""Of 5,000 open jobs two have the same mark once in 300 looks, and then one end isn't seen."""


class Seen(BaseModel):
    """What the looks of the last minutes saw. Times are in milliseconds since the epoch.

    Attributes:
        looked: when the last look was.
        marks: those of the jobs that were open then, one after the other.
        ends: how many jobs had ended, by the time of the look that saw it; the first is the
            beginning, and counts for nothing.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    looked: int
    marks: str
    ends: tuple[tuple[int, int], ...]

    @classmethod
    def first(cls, now: int, marks: str) -> Self:
        """Return what is seen when nothing was before."""
        return cls(looked=now, marks=marks, ends=((now, 0),))

    def then(self, now: int, marks: str) -> "Seen":
        """Return what has been seen after another look."""
        if now - self.looked > GAP_SECONDS * 1000:
            return Seen.first(now, marks)
        ended = len(_each(self.marks) - _each(marks))
        ends = [*self.ends, (now, ended)]
        while len(ends) > 2 and ends[1][0] < now - WINDOW_SECONDS * 1000:
            del ends[0]
        return Seen(looked=now, marks=marks, ends=tuple(ends))

    def per_second(self) -> float | None:
        """Return how many jobs end in a second; None when too little has been seen."""
        ended = sum(count for _, count in self.ends[1:])
        seconds = (self.ends[-1][0] - self.ends[0][0]) / 1000
        return ended / seconds if ended >= ENOUGH_ENDED and seconds >= ENOUGH_SECONDS else None


class Pace:
    """Notes looks at the open jobs.

    Args:
        table: DynamoDB table with the partition key item_id, which forgets at `expires_at`.
        clock: returns the time in epoch seconds.
    """

    def __init__(self, table: "Table", clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock

    def note(self, open_ids: Iterable[str]) -> float | None:
        """Note which jobs are open now; return how many end in a second, None when it isn't known.

        Nothing is noted when another process has just looked.
        """
        now = int(self._clock() * 1000)
        seen = self._read()
        if seen is not None and now - seen.looked < LOOK_SECONDS * 1000:
            return seen.per_second()
        marks = "".join(sorted(_mark(job_id) for job_id in open_ids))
        after = Seen.first(now, marks) if seen is None else seen.then(now, marks)
        try:
            self._write(after, before=seen)
        except ConditionFailed:  # another process was quicker, and notes the same
            return seen.per_second() if seen else None
        return after.per_second()

    def _read(self) -> Seen | None:
        item = self._table.get_item(Key=KEY, ConsistentRead=True).get("Item")
        return None if item is None else Seen.model_validate(item)

    def _write(self, seen: Seen, *, before: Seen | None) -> None:
        unchanged = Attr("looked").eq(before.looked) if before else Attr("item_id").not_exists()
        expires = int(seen.looked / 1000 + WINDOW_SECONDS)
        item = {**KEY, **seen.model_dump(), "expires_at": expires}
        items.put(self._table, item, condition=unchanged)


def _mark(job_id: str) -> str:
    return f"{zlib.crc32(job_id.encode()):0{MARK_LENGTH}x}"


def _each(marks: str) -> set[str]:
    return {marks[at : at + MARK_LENGTH] for at in range(0, len(marks), MARK_LENGTH)}
