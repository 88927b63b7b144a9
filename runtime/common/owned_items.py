"""What belongs to one account or to one job: items of the table `owned_items`.

All items of an owner share a partition, so that they are listed by one query, and are deleted with
the owner by the process removal. `runtime/contract/dynamodb.py` lists what their ids begin with.
"""

import hashlib
import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from runtime.common import items
from runtime.common.email_addresses import normalize_email
from runtime.common.items import ConditionFailed
from runtime.common.once import once
from runtime.contract.dynamodb import MAILS_OWNER

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

_EXISTS = Attr("owner").exists()


class ItemExists(Exception):
    """The owner has an item of that id already."""


class ItemMissing(Exception):
    """The owner has no item of that id, or it isn't as the condition wants it."""


def of_user(user_id: str) -> str:
    """Return the partition key of what belongs to an account."""
    return f"user#{user_id}"


def of_mails(user_id: str) -> str:
    """Return the partition key of what an account is still to be told by email.

    It isn't the account's own partition, so that the role of notify needs no access to that one.
    """
    return f"{MAILS_OWNER}{user_id}"


def of_job(job_id: str) -> str:
    """Return the partition key of what belongs to a job."""
    return f"job#{job_id}"


def of_address(email: str) -> str:
    """Return the partition key of what waits for the account of an email address."""
    digest = hashlib.sha256(normalize_email(email).encode()).hexdigest()
    return f"address#{digest[:32]}"


class OwnedItems:
    """The table.

    DynamoDB deletes an item some time after the epoch second in its `expires_at`. From that second
    on it is as good as gone here.

    Args:
        table: the DynamoDB table that `runtime.contract.dynamodb.OWNED_ITEMS` describes.
        clock: returns the time in epoch seconds.
    """

    def __init__(self, table: "Table", clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock

    def get(self, owner: str, item_id: str) -> dict[str, Any] | None:
        """Read an item consistently; None when there is none."""
        key = {"owner": owner, "item_id": item_id}
        item = self._table.get_item(Key=key, ConsistentRead=True).get("Item")
        return item if item is not None and self._is_alive(item) else None

    def all(self, owner: str, prefix: str) -> list[dict[str, Any]]:
        """Return the owner's items whose ids begin with `prefix`, by id. Whoever makes such items
        bounds their number."""
        key = Key("owner").eq(owner) & Key("item_id").begins_with(prefix)
        return [item for item in self._query(key) if self._is_alive(item)]

    def newest(self, owner: str, prefix: str, count: int) -> list[dict[str, Any]]:
        """Return up to `count` items whose ids begin with `prefix`, by id, the greatest first."""
        key = items.query(Key("owner").eq(owner) & Key("item_id").begins_with(prefix))
        answer = self._table.query(**key, ConsistentRead=True, ScanIndexForward=False, Limit=count)
        return [item for item in answer["Items"] if self._is_alive(item)]

    def create(self, owner: str, item_id: str, attributes: Mapping[str, Any]) -> None:
        """Write a new item.

        Raises:
            ItemExists: there is one of that id.
        """
        expired = Attr("expires_at").lte(int(self._clock()))
        try:
            items.put(
                self._table,
                {**attributes, "owner": owner, "item_id": item_id},
                condition=Attr("owner").not_exists() | expired,
            )
        except ConditionFailed as error:
            raise ItemExists(item_id) from error

    def update(
        self,
        owner: str,
        item_id: str,
        *,
        set_: Mapping[str, Any] | None = None,
        remove: tuple[str, ...] = (),
        add: Mapping[str, int] | None = None,
        only_if: ConditionBase = _EXISTS,
    ) -> dict[str, Any]:
        """Change an item that exists; return the whole new item.

        Raises:
            ItemMissing: there is none, or `only_if` doesn't hold.
        """
        condition = _EXISTS & only_if
        key = {"owner": owner, "item_id": item_id}
        try:
            return items.update(
                self._table, key, condition=condition, set_=set_, remove=remove, add=add
            )
        except ConditionFailed as error:
            raise ItemMissing(item_id) from error

    def once(
        self,
        owner: str,
        item_id: str,
        name: str,
        act: Callable[[], object],
        *,
        only_if: ConditionBase = _EXISTS,
    ) -> bool:
        """Do `act` once for an item that exists, see `runtime.common.once`.

        Raises:
            Busy: somebody else holds it.
        """
        key, now = {"owner": owner, "item_id": item_id}, int(self._clock())
        return once(self._table, key, name, act, now=now, only_if=_EXISTS & only_if)

    def delete(self, owner: str, item_id: str) -> bool:
        """Delete an item; return whether there was one."""
        try:
            items.delete(self._table, {"owner": owner, "item_id": item_id}, condition=_EXISTS)
        except ConditionFailed:
            return False
        return True

    def delete_all(self, owner: str) -> int:
        """Delete all that belongs to an owner; return how many items that were."""
        found = list(self._query(Key("owner").eq(owner)))
        for item in found:
            self._table.delete_item(Key={"owner": owner, "item_id": item["item_id"]})
        return len(found)

    def _query(self, key: ConditionBase) -> Iterator[dict[str, Any]]:
        query = {**items.query(key), "ConsistentRead": True}
        return itertools.chain.from_iterable(items.pages(self._table.query, query))

    def _is_alive(self, item: Mapping[str, Any]) -> bool:
        return "expires_at" not in item or int(item["expires_at"]) > self._clock()
