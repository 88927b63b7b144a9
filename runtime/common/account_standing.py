"""What only whoever runs the service decides of an account: the role operator, and suspension."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr

from runtime.common import items
from runtime.common.users import User, change_user

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class AccountStanding:
    """Writes to the users table. Each, done again, changes nothing.

    Args:
        table: the users table.
        clock: returns the time in epoch seconds.
    """

    def __init__(self, table: "Table", clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock

    def suspend(self, user_id: str) -> User:
        """Refuse the account's sessions, sign-ins and tokens from now on. Its data stay.

        Raises:
            UserChanged: the account is gone or going, or is an operator's.
        """
        now = {"suspended_at": int(self._clock())}
        return change_user(
            self._table,
            user_id,
            Attr("operator_since").not_exists(),
            set_=now,
            add={"session_epoch": 1},
        )

    def resume(self, user_id: str) -> User:
        """Let the user sign in again. Raises UserChanged: the account is gone or going."""
        return change_user(self._table, user_id, remove=("suspended_at",))

    def make_operator(self, user_id: str) -> User:
        """Give the role. Only the stage's administrator calls it, by their AWS credentials.

        Raises:
            UserChanged: the account is gone or going, is suspended, or has no confirmed address.
        """
        fit = Attr("email_verified").eq(True) & Attr("suspended_at").not_exists()
        return change_user(self._table, user_id, fit, set_={"operator_since": int(self._clock())})

    def end_operator(self, user_id: str) -> User:
        """Take the role away, and end the sessions. Raises UserChanged as `resume`."""
        return change_user(
            self._table, user_id, remove=("operator_since",), add={"session_epoch": 1}
        )

    def operators(self) -> Iterator[User]:
        """Yield the operators. It reads the whole table, so it is for a command and no page."""
        for page in items.pages(self._table.scan, items.scan(Attr("operator_since").exists())):
            yield from (User.model_validate(item) for item in page)
