"""What users are still to be told by a digest, and when the next digest may be sent.

Both are items of the table `owned_items`, of an owner of their own (`of_mails`). They expire, so
that nothing stays of an account that was erased while a message about it was handled.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from runtime.common.mail_choices import MailKind
from runtime.common.owned_items import ItemExists, ItemMissing, OwnedItems, of_mails
from runtime.contract.dynamodb import DIGEST_ITEM, PENDING_MAIL_ITEM
from runtime.notify.facts import JobFact

KEPT_SECONDS = 30 * 86_400
"""Longer than SQS keeps the message that has the digest sent, in a dead-letter queue too."""

HOLD_SECONDS = 60
"""Longer than it takes to write and send a digest."""


LOST_SECONDS = 3600
"""A call that is later than that may be lost, as where SQS has kept it for as long as it does."""


class NotDue(Exception):
    """No digest may be sent now: another was sent a moment ago, or is being sent.

    Attributes:
        due: epoch second from which the next may be sent.
    """

    def __init__(self, due: int) -> None:
        super().__init__(f"not before {due}")
        self.due = due


@dataclass(frozen=True)
class PendingFact:
    """What has happened to a job and is to be told.

    Attributes:
        item_id: of its item.
        at: when it happened, in epoch seconds.
    """

    item_id: str
    kind: MailKind
    job_id: str
    at: int


@dataclass(frozen=True)
class DigestState:
    """Whether a message is under way that will have the next digest sent: a call.

    Attributes:
        called_for: when it comes, in epoch seconds; 0 where none is under way.
        answered: calls that came.
    """

    called_for: int
    answered: int

    def is_called(self, now: float) -> bool:
        """Whether a call is under way. One that is very late may be lost."""
        return self.called_for + LOST_SECONDS > now


@dataclass(frozen=True)
class PendingMails:
    """The items.

    Args:
        interval: seconds from one digest of a user to the next.
    """

    items: OwnedItems
    interval: int
    clock: Callable[[], float] = time.time

    def add(self, user_id: str, fact: JobFact, at: int) -> None:
        """Keep a fact of the epoch second `at` until `delete`; it may be kept already."""
        job_id = fact.job.job_id
        with suppress(ItemExists):
            self.items.create(
                of_mails(user_id),
                f"{PENDING_MAIL_ITEM}{fact.kind}#{job_id}#{at}",
                {"kind": fact.kind.value, "job_id": job_id, "at": at, **self._expiry()},
            )

    def all(self, user_id: str) -> list[PendingFact]:
        """Return what the user is still to be told."""
        return [_fact(item) for item in self.items.all(of_mails(user_id), PENDING_MAIL_ITEM)]

    def delete(self, user_id: str, fact: PendingFact) -> None:
        """Forget a fact."""
        self.items.delete(of_mails(user_id), fact.item_id)

    def state(self, user_id: str) -> DigestState:
        """Return whether a call is under way; a consistent read."""
        item = self.items.get(of_mails(user_id), DIGEST_ITEM)
        if item is None:
            with suppress(ItemExists):
                self.items.create(of_mails(user_id), DIGEST_ITEM, self._expiry())
        return _state(item or {})

    def note_call(self, user_id: str, state: DigestState, due: int) -> None:
        """Note that a call is under way, unless one came since `state` was read: maybe this one."""
        none_came: ConditionBase = Attr("answered").eq(state.answered)
        if state.answered == 0:
            none_came |= Attr("answered").not_exists()
        with suppress(ItemMissing):
            called = {"called_for": due, **self._expiry()}
            self.items.update(of_mails(user_id), DIGEST_ITEM, set_=called, only_if=none_came)

    def answer(self, user_id: str) -> DigestState:
        """Note that a call has come. Who keeps a fact from now on sees to a call anew."""
        self.state(user_id)  # which makes the item, if it has expired
        item = self.items.update(
            of_mails(user_id), DIGEST_ITEM, remove=("called_for",), add={"answered": 1}
        )
        return _state(item)

    def hold(self, user_id: str) -> int:
        """Take the right to send the user's digest, for HOLD_SECONDS.

        The item is there already: `state` makes it.

        Returns:
            What `note_sent` and `release` need.

        Raises:
            NotDue: nobody may send one now.
        """
        owner, now = of_mails(user_id), self._now()
        until, sent = Attr("sending_until"), Attr("sent_at")
        due = sent.not_exists() | sent.lte(now - self.interval)
        free = until.not_exists() | until.lt(now)
        held = {"sending_until": now + HOLD_SECONDS, **self._expiry()}
        try:
            self.items.update(owner, DIGEST_ITEM, set_=held, only_if=due & free)
        except ItemMissing:
            raise NotDue(self._next_due(owner, now)) from None
        return now + HOLD_SECONDS

    def note_sent(self, user_id: str, held: int) -> None:
        """Note that a digest was sent; the next one is due an interval later."""
        self._end_hold(user_id, held, set_={"sent_at": self._now()})

    def release(self, user_id: str, held: int) -> None:
        """Give the right back: nothing was sent."""
        self._end_hold(user_id, held)

    def _end_hold(self, user_id: str, held: int, **changes: Any) -> None:
        mine = Attr("sending_until").eq(held)
        with suppress(ItemMissing):  # it took longer than the hold, and somebody else has it
            self.items.update(
                of_mails(user_id), DIGEST_ITEM, remove=("sending_until",), only_if=mine, **changes
            )

    def _next_due(self, owner: str, now: int) -> int:
        item = self.items.get(owner, DIGEST_ITEM) or {}
        held = int(item.get("sending_until", 0))
        sent = int(item.get("sent_at", 0))
        return max(held + 1 if held else 0, sent + self.interval if sent else 0, now + 1)

    def _expiry(self) -> dict[str, int]:
        return {"expires_at": self._now() + KEPT_SECONDS}

    def _now(self) -> int:
        return int(self.clock())


def _fact(item: dict[str, Any]) -> PendingFact:
    return PendingFact(
        item_id=str(item["item_id"]),
        kind=MailKind(item["kind"]),
        job_id=str(item["job_id"]),
        at=int(item["at"]),
    )


def _state(item: dict[str, Any]) -> DigestState:
    return DigestState(
        called_for=int(item.get("called_for", 0)), answered=int(item.get("answered", 0))
    )
