"""What a user is told of a change of plan, each once: notes that are kept for a while.

A round is the time from the first restore that was asked for until the last result is back.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runtime.common import items
from runtime.common.items import Condition, ConditionFailed, exists
from runtime.common.once import once

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEPT_SECONDS = 30 * 86_400
PAGE_SECONDS = 30
"""How long the next page of a walk may take to begin."""

_MAIL = "restored_mail"


@dataclass(frozen=True)
class Round:
    """A round that isn't over. Times are in epoch seconds."""

    begun_at: int
    walk_until: int


@dataclass(frozen=True)
class Rounds:
    """The notes, in the table of what is kept for a while."""

    table: "Table"
    clock: Callable[[], float] = time.time

    def get(self, user_id: str) -> Round | None:
        """Return the user's round; None when everything is back, and said."""
        item = self.table.get_item(Key=_key(user_id), ConsistentRead=True).get("Item")
        if item is None or "begun_at" not in item:
            return None
        return Round(
            begun_at=int(str(item["begun_at"])), walk_until=int(str(item.get("walk_until", 0)))
        )

    def begin(self, user_id: str) -> None:
        """Open a round, unless one is open."""
        free = Condition(f"attribute_not_exists(#begun_at) OR attribute_exists(#{_MAIL}_time)")
        try:
            items.update(
                self.table,
                _key(user_id),
                set_={"begun_at": self._now(), **self._expiry()},
                remove=(f"{_MAIL}_time",),
                condition=free,
            )
        except ConditionFailed:
            return

    def walking(self, user_id: str) -> None:
        """Note that a walk over the user's jobs goes on: more may be asked for soon."""
        until = {"walk_until": self._now() + PAGE_SECONDS}
        try:
            items.update(self.table, _key(user_id), set_=until, condition=exists("begun_at"))
        except ConditionFailed:
            return

    def end(self, user_id: str, tell: Callable[[], object]) -> None:
        """Tell the user that everything is back, once, and close the round.

        Raises:
            Busy: another instance is telling.
        """
        key = _key(user_id)
        once(self.table, key, _MAIL, tell, now=self._now(), only_if=exists("begun_at"))
        self._delete(user_id, exists(f"{_MAIL}_time"))

    def drop(self, user_id: str) -> None:
        """Close the round without a word."""
        self._delete(user_id, exists("begun_at"))

    def tell_free_once(self, user_id: str, since: int, tell: Callable[[], object]) -> None:
        """Tell the user, once for each way back to Free, what becomes of their results.

        Raises:
            Busy: another instance is telling.
        """
        key = {"item_id": f"plan#{user_id}#free#{since}"}
        anyone = Condition("attribute_not_exists(#nothing)")
        also = self._expiry()
        once(self.table, key, "mail", tell, now=self._now(), only_if=anyone, also=also)

    def _delete(self, user_id: str, condition: Condition) -> None:
        try:
            items.delete(self.table, _key(user_id), condition=condition)
        except ConditionFailed:
            return

    def _expiry(self) -> dict[str, Any]:
        return {"expires_at": self._now() + KEPT_SECONDS}

    def _now(self) -> int:
        return int(self.clock())


def _key(user_id: str) -> dict[str, str]:
    return {"item_id": f"plan#{user_id}"}
