"""What users are still to be told by a digest, and when the next digest may be sent.

Both are items of the table `owned_items`, of an owner of their own (`of_mails`). They expire, so
that nothing stays of an account that was erased while a message about it was handled.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.conditions import Attr

from runtime.common.job import Job
from runtime.common.mail_choices import MailKind
from runtime.common.owned_items import ItemExists, ItemMissing, OwnedItems, of_mails
from runtime.contract.dynamodb import DIGEST_ITEM, PENDING_MAIL_ITEM

KEPT_SECONDS = 30 * 86_400
"""Longer than SQS keeps the message that has the digest sent, in a dead-letter queue too."""

HOLD_SECONDS = 60
"""Longer than it takes to write and send a digest."""


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
        result_epoch: of the job when it happened.
    """

    item_id: str
    kind: MailKind
    job_id: str
    result_epoch: int


@dataclass(frozen=True)
class PendingMails:
    """The items.

    Args:
        interval: seconds from one digest of a user to the next.
    """

    items: OwnedItems
    interval: int
    clock: Callable[[], float] = time.time

    def add(self, user_id: str, kind: MailKind, job: Job) -> None:
        """Keep a fact until `delete`; it may be kept already."""
        with suppress(ItemExists):
            self.items.create(
                of_mails(user_id),
                f"{PENDING_MAIL_ITEM}{kind}#{job.job_id}#{job.result_epoch}",
                {
                    "kind": kind.value,
                    "job_id": job.job_id,
                    "result_epoch": job.result_epoch,
                    **self._expiry(),
                },
            )

    def all(self, user_id: str) -> list[PendingFact]:
        """Return what the user is still to be told."""
        return [_fact(item) for item in self.items.all(of_mails(user_id), PENDING_MAIL_ITEM)]

    def delete(self, user_id: str, fact: PendingFact) -> None:
        """Forget a fact."""
        self.items.delete(of_mails(user_id), fact.item_id)

    def hold(self, user_id: str) -> int:
        """Take the right to send the user's digest, for HOLD_SECONDS.

        Returns:
            What `note_sent` and `release` need.

        Raises:
            NotDue: nobody may send one now.
        """
        owner, now = of_mails(user_id), self._now()
        if self.items.get(owner, DIGEST_ITEM) is None:
            with suppress(ItemExists):
                self.items.create(owner, DIGEST_ITEM, self._expiry())
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
        result_epoch=int(item["result_epoch"]),
    )
