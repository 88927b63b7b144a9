"""What a user is told of a change of plan, each once: notes that are kept for a while.

A round is the time from the first restore that was asked for until the last result is back. It
doesn't end while somebody asks for more: whoever does writes that first, and whoever would end the
round writes that on the condition that nobody is asking.
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
ASKING_SECONDS = 90
"""Longer than the message of a process that died while it asked stays away."""

SETTLE_SECONDS = 5
"""Until the index shows what was asked for."""

_MAIL = "restored_mail"
_TOLD, _TELLING = f"{_MAIL}_time", f"{_MAIL}_until"
_BEGUN = Attr("begun_at").exists()


@dataclass(frozen=True)
class Rounds:
    """The notes, in the table of what is kept for a while."""

    table: "Table"
    clock: Callable[[], float] = time.time

    def begun_at(self, user_id: str) -> int | None:
        """Return when the user's round began; None when everything is back, and said."""
        item = self.table.get_item(Key=_key(user_id), ConsistentRead=True).get("Item", {})
        if "begun_at" not in item or _TOLD in item:
            return None
        return int(str(item["begun_at"]))

    def open(self, user_id: str) -> bool:
        """Open a round, or keep the one that is open, until `asked`.

        Returns:
            Whether somebody looks for its end already; if not, see to that, then `note_watched`.

        Raises:
            Busy: its end is being told.
        """
        now = self._now()
        untold = Attr(_TELLING).not_exists() | Attr(_TELLING).lt(now)
        going_on = _BEGUN & Attr(_TOLD).not_exists() & untold
        try:
            # Whoever has been telling for so long has died, or sleeps: that doesn't end this one.
            asking = {"asking_until": now + ASKING_SECONDS}
            item = self._update(user_id, asking, going_on, remove=(_TELLING,))
        except ConditionFailed:
            self._begin(user_id, now)
            return False
        return "watched" in item

    def _begin(self, user_id: str, now: int) -> None:
        try:
            self._update(
                user_id,
                {"begun_at": now, "asking_until": now + ASKING_SECONDS, **self._expiry()},
                Attr("begun_at").not_exists() | Attr(_TOLD).exists(),
                remove=(_TOLD, _TELLING, "kept_until", "watched"),
            )
        except ConditionFailed:
            raise Busy(HOLD_SECONDS + 1) from None

    def note_watched(self, user_id: str) -> None:
        """Note that somebody looks for the end of the round."""
        with suppress(ConditionFailed):
            self._update(user_id, {"watched": True}, _BEGUN)

    def asked(self, user_id: str) -> None:
        """Note that all is asked for that the round was opened for."""
        until = {"asking_until": self._now() + SETTLE_SECONDS}
        with suppress(ConditionFailed):
            self._update(user_id, until, _BEGUN)

    def keep(self, user_id: str, seconds: int) -> None:
        """Keep the round, if one is open, from ending: more is asked for in so many seconds."""
        until = self._now() + seconds
        longer = Attr("kept_until").not_exists() | Attr("kept_until").lt(until)
        with suppress(ConditionFailed):
            self._update(user_id, {"kept_until": until}, _BEGUN & longer)

    def end(self, user_id: str, tell: Callable[[], object]) -> bool:
        """Tell the user that everything is back, once, and close the round.

        Returns:
            False when somebody keeps it open.

        Raises:
            Busy: another instance is telling.
        """
        key = _key(user_id)
        once(self.table, key, _MAIL, tell, now=self._now(), only_if=self._quiet())
        self._delete(user_id, Attr(_TOLD).exists())
        return self.begun_at(user_id) is None

    def drop(self, user_id: str) -> bool:
        """Close the round without a word; False when somebody keeps it open."""
        self._delete(user_id, self._quiet())
        return self.begun_at(user_id) is None

    def tell_free_once(self, user_id: str, since: int, tell: Callable[[], object]) -> None:
        """Tell the user, once for each way back to Free, what becomes of their results.

        Raises:
            Busy: another instance is telling.
        """
        key = {"item_id": f"{PLAN_PREFIX}{user_id}#free#{since}"}
        anyone = Attr("nothing").not_exists()
        also = self._expiry()
        once(self.table, key, "mail", tell, now=self._now(), only_if=anyone, also=also)

    def _quiet(self) -> ConditionBase:
        """The condition that a round is open and nobody asks, or is about to, for more."""
        now = self._now()
        nothing_later = Attr("kept_until").not_exists() | Attr("kept_until").lte(now)
        return _BEGUN & Attr("asking_until").lte(now) & nothing_later

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
