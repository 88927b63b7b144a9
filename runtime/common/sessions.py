"""Ends sessions of the site. They are signed cookies, so what ends one before its cookie does is
in the user's item: an epoch for all of them, and the ids of those that were signed out of."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr

from runtime.common.users import User, UserChanged, UserStore, change_user

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

MOST_ENDED_SESSIONS = 100
"""So many signed-out sessions of a user are remembered until they would have ended by themselves;
one more ends all. It bounds the item, which every request of the user reads."""

_TRIES = 5
"""Of a write that others may be faster with."""


class Sessions:
    """The users table, for sessions.

    Args:
        table: DynamoDB table with the partition key user_id.
        clock: returns the time in epoch seconds.
    """

    def __init__(self, table: "Table", clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock
        self._users = UserStore(table, clock)

    def end(self, user_id: str, session_id: str, *, until: int) -> None:
        """Have one session refused from now on; done again it changes nothing.

        Args:
            until: epoch seconds at which its cookie ends by itself.

        Raises:
            UserChanged: the account is gone or going, and its sessions with it.
        """
        for _ in range(_TRIES):
            user = self._users.get(user_id)
            if user is None or user.has_ended(session_id):
                return
            now = int(self._clock())
            old = user.ended_sessions or frozenset[str]()
            live = {each for each in old if int(each.partition(" ")[0]) > now}
            if len(live) >= MOST_ENDED_SESSIONS:
                self.end_all(user_id)
                return
            ended = Attr("ended_sessions")
            try:
                change_user(
                    self._table,
                    user_id,
                    ended.eq(set(old)) if old else ended.not_exists(),
                    set_={"ended_sessions": live | {f"{until} {session_id}"}},
                )
            except UserChanged:
                continue
            return
        raise UserChanged(f"user {user_id} changes all the time")

    def end_all(self, user_id: str) -> User:
        """End every session of the user, on every device.

        Raises:
            UserChanged: the account is gone or going.
        """
        return change_user(
            self._table, user_id, remove=("ended_sessions",), add={"session_epoch": 1}
        )
