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

from runtime.common import items
from runtime.common.items import Condition, ConditionFailed, exists, not_exists
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
        untold = Condition(f"attribute_not_exists(#{_TELLING}) OR #{_TELLING} < :now", {"now": now})
        going_on = exists("begun_at") & not_exists(_TOLD) & untold
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
                Condition(f"attribute_not_exists(#begun_at) OR attribute_exists(#{_TOLD})"),
                remove=(_TOLD, _TELLING, "kept_until", "watched"),
            )
        except ConditionFailed:
            raise Busy(HOLD_SECONDS + 1) from None

    def note_watched(self, user_id: str) -> None:
        """Note that somebody looks for the end of the round."""
        with suppress(ConditionFailed):
            self._update(user_id, {"watched": True}, exists("begun_at"))

    def asked(self, user_id: str) -> None:
        """Note that all is asked for that the round was opened for."""
        until = {"asking_until": self._now() + SETTLE_SECONDS}
        with suppress(ConditionFailed):
            self._update(user_id, until, exists("begun_at"))

    def keep(self, user_id: str, seconds: int) -> None:
        """Keep the round, if one is open, from ending: more is asked for in so many seconds."""
        until = self._now() + seconds
        longer = Condition(
            "attribute_not_exists(#kept_until) OR #kept_until < :until", {"until": until}
        )
        with suppress(ConditionFailed):
            self._update(user_id, {"kept_until": until}, exists("begun_at") & longer)

    def end(self, user_id: str, tell: Callable[[], object]) -> bool:
        """Tell the user that everything is back, once, and close the round.

        Returns:
            False when somebody keeps it open.

        Raises:
            Busy: another instance is telling.
        """
        key = _key(user_id)
        once(self.table, key, _MAIL, tell, now=self._now(), only_if=self._quiet())
        self._delete(user_id, exists(_TOLD))
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
        anyone = Condition("attribute_not_exists(#nothing)")
        also = self._expiry()
        once(self.table, key, "mail", tell, now=self._now(), only_if=anyone, also=also)

    def _quiet(self) -> Condition:
        """The condition that a round is open and nobody asks, or is about to, for more."""
        asked = Condition("#asking_until <= :quiet", {"quiet": self._now()})
        nothing_later = Condition("attribute_not_exists(#kept_until) OR #kept_until <= :quiet")
        return exists("begun_at") & asked & nothing_later

    def _update(
        self,
        user_id: str,
        set_: dict[str, Any],
        condition: Condition,
        *,
        remove: tuple[str, ...] = (),
    ) -> dict[str, Any]:
        key = _key(user_id)
        return items.update(self.table, key, set_=set_, condition=condition, remove=remove)

    def _delete(self, user_id: str, condition: Condition) -> None:
        with suppress(ConditionFailed):
            items.delete(self.table, _key(user_id), condition=condition)

    def _expiry(self) -> dict[str, Any]:
        return {"expires_at": self._now() + KEPT_SECONDS}

    def _now(self) -> int:
        return int(self.clock())


def _key(user_id: str) -> dict[str, str]:
    return {"item_id": f"{PLAN_PREFIX}{user_id}"}
