"""Changes an account's email address, and back for its owner.

Whoever knows the password could change somebody's address. So the old address is told, and for
`UNDO_SECONDS` its reader can stop or undo the change. That takes the password away, because
somebody else knows it; the next one is set by mail. Until then the old address stays reserved, and
the account can't get a third one.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr, ConditionBase
from botocore.exceptions import ClientError

from runtime.common import items
from runtime.common.email_addresses import EmailTaken, address_key, is_free, is_owned_by
from runtime.common.items import on_condition
from runtime.common.passwords import NO_PASSWORD
from runtime.common.subscriptions import SubscriptionStore, at_version, changes_with_address
from runtime.common.users import User, UserChanged, UserStore, at_epoch, change_user, is_alive

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

UNDO_SECONDS = 72 * 3600

_TRIES = 5
"""Of a transaction that others may be faster with."""


class EmailChanges:
    """The users table, for changes of address.

    Args:
        table: DynamoDB table with the partition key user_id.
        clock: returns the time in epoch seconds.
    """

    def __init__(self, table: "Table", clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock
        self._users = UserStore(table, clock)
        self._records = SubscriptionStore(table, clock)

    def may_change(self, user: User) -> bool:
        """Whether no earlier change can still be undone."""
        return user.former_email_until is None or user.former_email_until <= self._clock()

    def change(self, user_id: str, *, old: str, new: str, epoch: int) -> User:
        """Give the account another address, which ends all sessions and all emailed links.

        Args:
            old: the address that it must have.
            new: a normalized address, whose reader confirmed it.
            epoch: the session epoch for which this was allowed.

        Raises:
            EmailTaken: another user has the new address.
            UserChanged: the account has another address or epoch by now, changed its address
                lately, or is gone or going.
        """
        now = int(self._clock())
        until = now + UNDO_SECONDS
        return self._transact(
            user_id,
            new,
            addresses=[
                _reserve(old, user_id, until=until),
                {"Put": {"Item": _item(new, user_id), **on_condition(is_free(now))}},
            ],
            condition=Attr("email").eq(old) & at_epoch(epoch) & _has_rested(now),
            set_={"email": new, "former_email_until": until},
            former=old,
        )

    def undo(self, user_id: str, *, old: str, new: str) -> User:
        """Give the account its old address back, and take the password away.

        Raises:
            UserChanged: it didn't change from `old` to `new`, or that was too long ago.
            EmailTaken: it was too long ago, and another user has the old address.
        """
        undoable = Attr("former_emails").contains(old) & Attr("former_email_until").gt(
            int(self._clock())
        )
        return self._transact(
            user_id,
            old,
            addresses=[_reserve(new, user_id, until=0), _reserve(old, user_id, until=None)],
            condition=Attr("email").eq(new) & undoable,
            set_={"email": old, "former_email_until": 0, "password_hash": NO_PASSWORD},
            former=new,
        )

    def prevent(self, user_id: str, *, old: str, epoch: int) -> User:
        """Take the password away before the address has changed, and end all sessions and links.

        Raises:
            UserChanged: the account has another address or epoch by now, or is gone or going.
        """
        return change_user(
            self._table,
            user_id,
            Attr("email").eq(old) & at_epoch(epoch),
            set_={"password_hash": NO_PASSWORD},
            add={"session_epoch": 1},
        )

    def _transact(
        self,
        user_id: str,
        address: str,
        *,
        addresses: list[dict[str, Any]],
        condition: ConditionBase,
        set_: dict[str, Any],
        former: str,
    ) -> User:
        """Write the user with another address, and the items of both addresses, or nothing."""
        for _ in range(_TRIES):
            user, record = self._users.get(user_id), self._records.get(user_id)
            if user is None or record is None:
                break
            billing = changes_with_address(record)
            change = items.update_arguments(
                {"user_id": user_id},
                condition=is_alive() & condition & at_version(record.billing_version),
                set_={
                    **set_,
                    "former_emails": (user.former_emails or frozenset()) | {former},
                    **{name: value for name, value in billing.items() if value is not None},
                },
                remove=tuple(name for name, value in billing.items() if value is None),
                add={"session_epoch": 1},
            )
            writes: Any = [
                {verb: {"TableName": self._table.name, **arguments}}
                for write in (*addresses, {"Update": change})
                for verb, arguments in write.items()
            ]
            try:
                self._table.meta.client.transact_write_items(TransactItems=writes)
            except ClientError as error:
                self._raise_unless_busy(error, user_id, address)
                continue
            return self._users.get(user_id) or user
        raise UserChanged(f"user {user_id} has changed meanwhile")

    def _raise_unless_busy(self, error: ClientError, user_id: str, address: str) -> None:
        """Say why a transaction was cancelled; return if it may succeed when it's tried again.

        https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
        """
        if error.response["Error"]["Code"] != "TransactionCanceledException":
            raise error
        item = self._table.get_item(Key={"user_id": address_key(address)}, ConsistentRead=True)
        found: dict[str, Any] = item.get("Item", {})
        is_reserved = found.get("reserved_until", self._clock() + 1) > self._clock()
        if is_reserved and found.get("owner_id", user_id) != user_id:
            raise EmailTaken(f"{address} has an account") from error


def _has_rested(now: int) -> ConditionBase:
    until = Attr("former_email_until")
    return until.not_exists() | until.lte(now)


def _item(address: str, user_id: str) -> dict[str, str]:
    return {"user_id": address_key(address), "owner_id": user_id}


def _reserve(address: str, user_id: str, *, until: int | None) -> dict[str, Any]:
    """Keep an owned address for its owner until then; None for as long as they have it.

    Nothing is deleted: pages mustn't delete items. An address that is reserved until 0 is free.
    """
    owned = is_owned_by(user_id)
    expression = "REMOVE reserved_until" if until is None else "SET reserved_until = :until"
    return {
        "Update": {
            "Key": {"user_id": address_key(address)},
            "UpdateExpression": expression,
            **on_condition(owned, values={} if until is None else {":until": until}),
        }
    }
