"""Answers of requests that create something, kept so that a repeated request gets the same one.

https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-06
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from runtime.common.owned_items import ItemExists, ItemMissing, OwnedItems, of_user
from runtime.contract.dynamodb import IDEMPOTENCY_ITEM

KEPT_SECONDS = 24 * 3600
BUSY_SECONDS = 60
"""After which a request that never ended no longer holds its key."""


class KeyReused(Exception):
    """The key was sent with another request."""


class KeyBusy(Exception):
    """The first request with this key is still being worked on."""


@dataclass(frozen=True)
class KeptAnswer:
    """What was answered."""

    status: int
    body: str


class IdempotencyKeys:
    """The keys of all accounts.

    Args:
        clock: returns the time in epoch seconds.
    """

    def __init__(self, items: OwnedItems, clock: Callable[[], float] = time.time) -> None:
        self._items = items
        self._clock = clock

    def begin(self, user_id: str, key: str, request: str) -> KeptAnswer | None:
        """Take a key for a request; return the answer if the request was answered before.

        Args:
            request: all that makes the request what it is: method, path and body.

        Raises:
            KeyReused: see there.
            KeyBusy: see there.
        """
        wanted = {"request": _digest(request), "expires_at": int(self._clock()) + BUSY_SECONDS}
        try:
            self._items.create(of_user(user_id), _item_id(key), wanted)
        except ItemExists:
            return self._earlier(user_id, key, wanted["request"])
        return None

    def keep(self, user_id: str, key: str, answer: KeptAnswer) -> None:
        """Keep the answer of a request that began."""
        kept = {
            "status": answer.status,
            "body": answer.body,
            "expires_at": int(self._clock()) + KEPT_SECONDS,
        }
        try:
            self._items.update(of_user(user_id), _item_id(key), set_=kept)
        except ItemMissing:
            return  # the account is being deleted

    def give_up(self, user_id: str, key: str) -> None:
        """Free the key of a request that created nothing."""
        self._items.delete(of_user(user_id), _item_id(key))

    def _earlier(self, user_id: str, key: str, request: object) -> KeptAnswer:
        item = self._items.get(of_user(user_id), _item_id(key))
        if item is None:
            raise KeyBusy  # it ended a moment ago, without an answer
        if item["request"] != request:
            raise KeyReused
        if "status" not in item:
            raise KeyBusy
        return KeptAnswer(int(item["status"]), str(item["body"]))


def _item_id(key: str) -> str:
    return IDEMPOTENCY_ITEM + _digest(key)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
