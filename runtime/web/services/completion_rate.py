"""How fast jobs end: measured by all web processes together, so that all of them say the same.

A process that lists the open jobs compares them with those of the sample before, whichever process
took it: what isn't open any more has ended. The sample and the counts of the last minutes are one
item in DynamoDB, written on the condition that no other process was first, so that no end is
counted twice.
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
"""The number is the version of `Samples`: releases that write another one don't read this."""

SAMPLE_SECONDS = 2.0
"""A sample takes a few reads, so one serves everybody for this long."""

MAX_GAP_SECONDS = 30.0
"""After a longer pause the measurement starts again: jobs came and ended unseen."""

WINDOW_SECONDS = 300.0
"""The rate is that of this last span of time."""

MIN_ENDED = 3
MIN_SECONDS = 4.0
"""Fewer ends, or a shorter time, are too little to estimate a rate."""

CHECKSUM_LENGTH = 8
"""Hexadecimal digits. Of 5,000 open jobs two have the same checksum once in 300 samples; then one
end isn't counted."""


class Samples(BaseModel):
    """What was seen in the last minutes. Times are in milliseconds since the epoch.

    Attributes:
        looked: when the last sample was taken.
        marks: checksums of the ids of the jobs that were open then, one after the other.
        ends: (time of a sample, jobs that had ended since the one before). The first is the start
            of the measurement, with 0.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    looked: int
    marks: str
    ends: tuple[tuple[int, int], ...]

    @classmethod
    def first(cls, now: int, marks: str) -> Self:
        """Return the start of a measurement."""
        return cls(looked=now, marks=marks, ends=((now, 0),))

    def add(self, now: int, marks: str) -> "Samples":
        """Return these with another sample."""
        if now - self.looked > MAX_GAP_SECONDS * 1000:
            return Samples.first(now, marks)
        ended = len(_split(self.marks) - _split(marks))
        ends = [*self.ends, (now, ended)]
        while len(ends) > 2 and ends[1][0] < now - WINDOW_SECONDS * 1000:
            del ends[0]
        return Samples(looked=now, marks=marks, ends=tuple(ends))

    def per_second(self) -> float | None:
        """Return how many jobs end per second; None when too few were seen to end."""
        ended = sum(count for _, count in self.ends[1:])
        seconds = (self.ends[-1][0] - self.ends[0][0]) / 1000
        return ended / seconds if ended >= MIN_ENDED and seconds >= MIN_SECONDS else None


class CompletionRate:
    """Measures the rate at which jobs end.

    Args:
        table: DynamoDB table with the partition key item_id, whose items expire at `expires_at`.
        clock: returns the time in epoch seconds.
    """

    def __init__(self, table: "Table", clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock

    def sample(self, open_ids: Iterable[str]) -> float | None:
        """Record which jobs are open now; return how many end per second, None if unknown.

        Nothing is recorded when another process has just done so.
        """
        now = int(self._clock() * 1000)
        before = self._read()
        if before is not None and now - before.looked < SAMPLE_SECONDS * 1000:
            return before.per_second()
        marks = "".join(sorted(_checksum(job_id) for job_id in open_ids))
        after = Samples.first(now, marks) if before is None else before.add(now, marks)
        try:
            self._write(after, before=before)
        except ConditionFailed:  # another process was first, and records the same
            return before.per_second() if before else None
        return after.per_second()

    def _read(self) -> Samples | None:
        item = self._table.get_item(Key=KEY, ConsistentRead=True).get("Item")
        return None if item is None else Samples.model_validate(item)

    def _write(self, samples: Samples, *, before: Samples | None) -> None:
        unchanged = Attr("looked").eq(before.looked) if before else Attr("item_id").not_exists()
        expires = int(samples.looked / 1000 + WINDOW_SECONDS)
        item = {**KEY, **samples.model_dump(), "expires_at": expires}
        items.put(self._table, item, condition=unchanged)


def _checksum(job_id: str) -> str:
    return f"{zlib.crc32(job_id.encode()):0{CHECKSUM_LENGTH}x}"


def _split(marks: str) -> set[str]:
    return {marks[at : at + CHECKSUM_LENGTH] for at in range(0, len(marks), CHECKSUM_LENGTH)}
