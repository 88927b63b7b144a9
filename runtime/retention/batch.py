"""What a user is told of a change of plan, each once: notes that are kept for a while.

A batch is all that is being restored for one user: from the first request until the last result is
back. It doesn't end while more is being requested: whoever requests writes that first, and whoever
would end the batch does so on the condition that nobody is requesting.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from runtime.common import items
from runtime.common.items import ConditionFailed
from runtime.common.once import HOLD_SECONDS, Busy, once
from runtime.contract.dynamodb import PLAN_PREFIX

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEPT_SECONDS = 30 * 86_400
REQUESTING_SECONDS = 90
"""Longer than it takes until the message of a process that died while it requested comes again."""

SETTLE_SECONDS = 5
"""Until the index shows what was requested."""

_MAIL = "restored_mail"
_TOLD, _TELLING = f"{_MAIL}_time", f"{_MAIL}_until"
_BEGUN = Attr("begun_at").exists()


@dataclass(frozen=True)
class RestoreBatch:
    """The notes about a user's batch, in the table of what is kept for a while."""

    table: "Table"
    clock: Callable[[], float] = time.time

    def begun_at(self, user_id: str) -> int | None:
        """Return when the user's batch began; None when there is none, or its end has been told."""
        item = self.table.get_item(Key=_key(user_id), ConsistentRead=True).get("Item", {})
        if "begun_at" not in item or _TOLD in item:
            return None
        return int(str(item["begun_at"]))

    def open(self, user_id: str) -> bool:
        """Open a batch, or keep the one that is open from ending, until `requested` is called.

        Returns:
            Whether somebody checks for its end already; if not, see to that, then call
            `note_checked`.

        Raises:
            Busy: its end is being told.
        """
        now = self._now()
        untold = Attr(_TELLING).not_exists() | Attr(_TELLING).lt(now)
        open_already = _BEGUN & Attr(_TOLD).not_exists() & untold
        try:
            # Whoever has been telling for that long has died, or sleeps: the batch goes on.
            requesting = {"requesting_until": now + REQUESTING_SECONDS}
            item = self._update(user_id, requesting, open_already, remove=(_TELLING,))
        except ConditionFailed:
            self._begin(user_id, now)
            return False
        return "checked" in item

    def _begin(self, user_id: str, now: int) -> None:
        begun = {"begun_at": now, "requesting_until": now + REQUESTING_SECONDS}
        try:
            self._update(
                user_id,
                {**begun, **self._expiry()},
                Attr("begun_at").not_exists() | Attr(_TOLD).exists(),
                remove=(_TOLD, _TELLING, "open_until", "checked"),
            )
        except ConditionFailed:
            raise Busy(HOLD_SECONDS + 1) from None

    def note_checked(self, user_id: str) -> None:
        """Note that somebody checks for the end of the batch."""
        with suppress(ConditionFailed):
            self._update(user_id, {"checked": True}, _BEGUN)

    def requested(self, user_id: str) -> None:
        """Note that everything is requested that the batch was opened for."""
        until = {"requesting_until": self._now() + SETTLE_SECONDS}
        with suppress(ConditionFailed):
            self._update(user_id, until, _BEGUN)

    def keep_open(self, user_id: str, seconds: int) -> None:
        """Keep the batch, if one is open, from ending: more is requested within so many seconds."""
        until = self._now() + seconds
        longer = Attr("open_until").not_exists() | Attr("open_until").lt(until)
        with suppress(ConditionFailed):
            self._update(user_id, {"open_until": until}, _BEGUN & longer)

    def end(self, user_id: str, tell: Callable[[], object]) -> bool:
        """Tell the user that everything is back, once, and close the batch.

        Returns:
            False when somebody keeps it open.

        Raises:
            Busy: another instance is telling.
        """
        key = _key(user_id)
        once(self.table, key, _MAIL, tell, now=self._now(), only_if=self._nothing_to_come())
        self._delete(user_id, Attr(_TOLD).exists())
        return self.begun_at(user_id) is None

    def drop(self, user_id: str) -> bool:
        """Close the batch without telling anybody; False when somebody keeps it open."""
        self._delete(user_id, self._nothing_to_come())
        return self.begun_at(user_id) is None

    def tell_free_once(self, user_id: str, since: int, tell: Callable[[], object]) -> None:
        """Tell the user, once for each return to Free, what becomes of their results.

        Raises:
            Busy: another instance is telling.
        """
        key = {"item_id": f"{PLAN_PREFIX}{user_id}#free#{since}"}
        anyone = Attr("nothing").not_exists()
        also = self._expiry()
        once(self.table, key, "mail", tell, now=self._now(), only_if=anyone, also=also)

    def _nothing_to_come(self) -> ConditionBase:
        """The condition that a batch is open, and nobody requests more, or is about to."""
        now = self._now()
        nothing_later = Attr("open_until").not_exists() | Attr("open_until").lte(now)
        return _BEGUN & Attr("requesting_until").lte(now) & nothing_later

    def _update(
        self,
        user_id: str,
        set_: dict[str, Any],
        condition: ConditionBase,
        *,
        remove: tuple[str, ...] = (),
    ) -> dict[str, Any]:
        key = _key(user_id)
        return items.update(self.table, key, set_=set_, condition=condition, remove=remove)

    def _delete(self, user_id: str, condition: ConditionBase) -> None:
        with suppress(ConditionFailed):
            items.delete(self.table, _key(user_id), condition=condition)

    def _expiry(self) -> dict[str, Any]:
        return {"expires_at": self._now() + KEPT_SECONDS}

    def _now(self) -> int:
        return int(self.clock())


def _key(user_id: str) -> dict[str, str]:
    return {"item_id": f"{PLAN_PREFIX}{user_id}"}
