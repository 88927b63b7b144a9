"""Who makes an export, and how far it is, for all web processes: items of the table `ephemeral`.

Whoever makes one holds a lease and renews it. When it ends early the maker died, and the next
request for the file has it made by another process. That the file is there only S3 tells.
"""

import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr, ConditionBase
from pydantic import BaseModel, ConfigDict

from runtime.common import items
from runtime.common.items import ConditionFailed
from runtime.contract.dynamodb import EXPORT_PREFIX

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

LEASE_SECONDS = 15
"""After so long without a renewal the maker is taken for dead."""

RENEW_SECONDS = 3.0

FAILED_SECONDS = 30
"""For so long a failure is shown before a request tries again."""

MAX_ATTEMPTS = 3
"""An export whose makers die so often isn't tried again for KEPT_SECONDS."""

KEPT_SECONDS = 3600
"""After the last change DynamoDB may delete the item."""

GIVEN_UP = (
    "We have tried several times to make this file, and couldn't. Narrow the filter, or download "
    "the whole result from the job's page."
)


class ExportStatus(BaseModel):
    """An item. Times are in epoch seconds.

    Attributes:
        lease_until: 0 when nobody makes it.
        percent: how far it is; None while it waits, or when that is unknown.
        making: whether it has begun; it waits in a queue before that.
        error: the sentence of the last attempt, if that failed, at `failed_at`.
        attempts: begun since the last one that came to an end.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    lease_until: int = 0
    making: bool = False
    percent: int | None = None
    error: str | None = None
    failed_at: int = 0
    attempts: int = 0


@dataclass(frozen=True)
class ExportLeases:
    """The leases that this process holds, and what others say of theirs.

    Args:
        table: DynamoDB table with the partition key item_id, whose items expire at `expires_at`.
        holder: stands for this process.
        clock: returns the time in epoch seconds.
    """

    table: "Table"
    holder: str = field(default_factory=lambda: uuid.uuid4().hex)
    clock: Callable[[], float] = time.time

    def get(self, digest: str) -> ExportStatus:
        """Read consistently how an export stands."""
        item = self.table.get_item(Key=_key(digest), ConsistentRead=True).get("Item", {})
        return ExportStatus.model_validate(item)

    def is_held(self, status: ExportStatus) -> bool:
        """Whether somebody makes it, or has it in a queue."""
        return status.lease_until > self.clock()

    def failure(self, status: ExportStatus) -> str | None:
        """Return why it failed, if it did just now, or its makers died too often."""
        now = self.clock()
        if status.error is not None and now < status.failed_at + FAILED_SECONDS:
            return status.error
        lately = now < status.lease_until + KEPT_SECONDS
        return GIVEN_UP if status.attempts >= MAX_ATTEMPTS and lately else None

    def has_died(self, status: ExportStatus) -> bool:
        """Whether a maker began it, and didn't come to an end."""
        return status.attempts > 0 and not self.is_held(status)

    def claim(self, digest: str) -> bool:
        """Take the lease of an export that nobody holds; return whether that succeeded."""
        now = int(self.clock())
        free = Attr("lease_until").not_exists() | Attr("lease_until").lte(now)
        try:
            items.update(
                self.table,
                _key(digest),
                set_={"holder": self.holder, "making": False, **self._until(now)},
                remove=("percent", "error", "failed_at"),
                add={"attempts": 1},
                condition=free,
            )
        except ConditionFailed:
            return False
        return True

    def renew(self, digest: str, *, making: bool, percent: int | None) -> None:
        """Keep the lease, and say how far it is; nothing happens if another process has it now."""
        progress = {} if percent is None else {"percent": percent}
        set_ = {"making": making, **progress, **self._until(int(self.clock()))}
        # One that was given back while this was on its way stays given back.
        self._mine(digest, set_=set_, only_if=Attr("lease_until").gt(0))

    def made(self, digest: str) -> None:
        """Give the lease back: the file is there."""
        self._mine(digest, set_=_GIVEN_BACK)

    def failed(self, digest: str, error: str) -> None:
        """Give the lease back, with the sentence for the reader."""
        now = int(self.clock())
        self._mine(digest, set_={**_GIVEN_BACK, "error": error, "failed_at": now})

    def _until(self, now: int) -> dict[str, int]:
        return {"lease_until": now + LEASE_SECONDS, "expires_at": now + KEPT_SECONDS}

    def _mine(
        self, digest: str, *, set_: Mapping[str, object], only_if: ConditionBase | None = None
    ) -> None:
        mine = Attr("holder").eq(self.holder)
        condition = mine if only_if is None else mine & only_if
        # Two makers write the same bytes under the same key: whose the lease is decides nothing.
        with suppress(ConditionFailed):
            items.update(self.table, _key(digest), set_=set_, condition=condition)


_GIVEN_BACK = {"lease_until": 0, "attempts": 0}


def _key(digest: str) -> dict[str, str]:
    return {"item_id": f"{EXPORT_PREFIX}{digest}"}
